import { GatewayError } from '../kernel/errors.js'

/** Bytes of JSON Schema that are compiled for one call; a larger one would keep everybody waiting. */
const maxSchemaBytes = 256 * 1024

/** Gives the text to send, or throws `invalid_structured_output`. */
export type OutputCheck = (text: string) => string

/**
 * Holds a model to `response_format`, also when the upstream ignores it. The check accepts the model's own text, or
 * what stands inside a Markdown fence around it. Gives undefined when any text will do; throws `invalid_request` when
 * the caller's schema is not a JSON Schema, before anything is spent.
 */
export async function outputCheck(
  format: Readonly<Record<string, unknown>> | undefined,
): Promise<OutputCheck | undefined> {
  if (format?.type !== 'json_object' && format?.type !== 'json_schema') return undefined
  const fits = format.type === 'json_schema' ? await compile(schemaOf(format)) : undefined
  return (text) => {
    const json = unfence(text)
    const complaint = fits?.(parse(json))
    if (complaint) throw unfit(`The model's answer does not fit the schema: ${complaint}.`)
    if (!fits) parse(json)
    return json
  }
}

/**
 * Decides what of a streamed answer may be sent before it is whole: all of it, unless it begins like a fence. Then it
 * waits, since only its end shows what stands inside.
 */
export class FenceGate {
  #held = ''
  #open = false
  readonly #wait: RegExp

  /** `json`: what does not begin like JSON waits as well, since it may be a word before a tool call. */
  constructor(json = false) {
    this.#wait = json ? /^\s*(?:[^\s{["]|$)/ : /^\s*(?:`|$)/
  }

  /** What may be sent now of the answer that goes on with `delta`. */
  pass(delta: string): string {
    if (this.#open) return delta
    this.#held += delta
    if (this.#wait.test(this.#held)) return ''
    this.#open = true
    return this.#held
  }

  /** What is left to send of the whole answer. */
  rest(text: string): string {
    return this.#open ? '' : text
  }
}

function unfence(text: string): string {
  const trimmed = text.trim()
  const head = /^```(?:json)?\s*?\n/.exec(trimmed)
  return head && trimmed.endsWith('```') ? trimmed.slice(head[0].length, -3).trim() : text
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw unfit('The model did not answer with JSON.')
  }
}

function unfit(message: string): GatewayError {
  return new GatewayError('invalid_structured_output', { message })
}

function schemaOf(format: Readonly<Record<string, unknown>>): object | undefined {
  const wrapper = format.json_schema
  const schema = typeof wrapper === 'object' && wrapper !== null && 'schema' in wrapper ? wrapper.schema : undefined
  return typeof schema === 'object' && schema !== null ? schema : undefined
}

async function compile(schema: object | undefined): Promise<((value: unknown) => string | undefined) | undefined> {
  if (!schema) return undefined
  if (JSON.stringify(schema).length > maxSchemaBytes) {
    throw unusable(`The schema in response_format is larger than ${maxSchemaBytes} bytes.`)
  }
  const { Ajv } = await import('ajv')
  try {
    const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema)
    return (value) => {
      if (validate(value)) return undefined
      const first = validate.errors?.[0]
      return `${first?.instancePath || '/'} ${first?.message ?? 'is not valid'}`
    }
  } catch (cause) {
    throw unusable('The schema in response_format is not a valid JSON Schema.', cause)
  }
}

function unusable(message: string, cause?: unknown): GatewayError {
  return new GatewayError('invalid_request', { message, param: 'response_format.json_schema.schema', cause })
}

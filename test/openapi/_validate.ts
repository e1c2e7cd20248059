import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { ApiDocument, ApiOperation } from '../../plugins/external/document.js'
import { responseOf } from './_document.js'

export interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/**
 * Compares real answers with the document. What is documented as an object without a word on further keys has exactly
 * the documented ones: an undocumented key is a mistake too.
 */
export class AnswerValidator {
  readonly #document: ApiDocument
  readonly #ajv: Ajv2020
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(document: ApiDocument) {
    this.#document = JSON.parse(JSON.stringify(document), closed)
    this.#ajv = new Ajv2020({ strict: false, allErrors: true })
    this.#ajv.addSchema(this.#document, 'api')
  }

  /** What is wrong with the answer, in words; empty when it is as documented. */
  problems(operation: ApiOperation, { statusCode, headers, body }: Answer): string[] {
    const documented = operation.responses[statusCode]
    if (!documented) return [`status ${statusCode} is not documented`]
    const type = String(headers['content-type'] ?? '').split(';')[0] ?? ''
    const media = responseOf(this.#document, documented).content?.[type]
    if (!media) return [`content type "${type}" is not documented for ${statusCode}`]
    if (type === 'text/event-stream') return this.#events(media.schema, body)
    return this.validate(media.schema, type === 'application/json' ? JSON.parse(body) : body)
  }

  validate(schema: object, value: unknown): string[] {
    const key = JSON.stringify(schema)
    const validate = this.#compiled.get(key) ?? this.#ajv.compile(absolute(schema))
    this.#compiled.set(key, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(' '),
    )
  }

  #events(schema: object, body: string): string[] {
    const data = body
      .split('\n\n')
      .filter((event) => event.startsWith('data: '))
      .map((event) => event.slice('data: '.length))
    if (data.at(-1) !== '[DONE]') return ['the stream has no end mark']
    return data.slice(0, -1).flatMap((json) => this.validate(schema, JSON.parse(json)))
  }
}

function closed(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('properties' in value)) return value
  return 'additionalProperties' in value ? value : { ...value, additionalProperties: false }
}

function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/'))
}

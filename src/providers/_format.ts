import { asRecord, asText, type Json } from './_json.js'

export interface FormatRequest {
  /** Undefined when any JSON will do. */
  readonly schema: Json | undefined
  readonly name: string
  readonly strict: boolean | undefined
  /** Asks for the format in words, for models that know no other way. The engine checks the answer. */
  readonly words: string
}

/** What `Sampling.responseFormat` asks for; undefined when text will do. */
export function formatRequest(format: Readonly<Record<string, unknown>> | undefined): FormatRequest | undefined {
  if (format?.type !== 'json_object' && format?.type !== 'json_schema') return undefined
  const wrapper = format.type === 'json_schema' ? asRecord(format.json_schema) : undefined
  const schema = asRecord(wrapper?.schema)
  const what = schema ? `one JSON value that fits this JSON Schema: ${JSON.stringify(schema)}` : 'one JSON object'
  return {
    schema,
    name: asText(wrapper?.name) ?? 'answer',
    strict: typeof wrapper?.strict === 'boolean' ? wrapper.strict : undefined,
    words: `Answer with ${what}. Write nothing before or after it.`,
  }
}

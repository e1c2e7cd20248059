import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv, type ValidateFunction } from 'ajv'

/** The package ships the file but does not export it. */
const path = join(import.meta.dirname, '../../node_modules/@openclaw/gateway-protocol/protocol.schema.json')
const id = 'https://openclaw.ai/protocol.schema.json'

interface Published {
  readonly methods: Readonly<Record<string, { readonly scope?: string }>>
  readonly definitions: Readonly<Record<string, object>>
}

/**
 * The contract of the official protocol package, read from disk when it is asked for first: 3.5 MB that most tests do
 * not need.
 */
export class ProtocolSchema {
  readonly published: Published
  readonly #ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true })
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor() {
    const schema = JSON.parse(readFileSync(path, 'utf8'))
    this.published = schema
    this.#ajv.addSchema(schema, id)
  }

  /**
   * What a named definition (`ConfigSchemaResponse`) finds wrong with a value, one line each; none when it fits.
   * `newer` are places of keys that the package does not know yet but later official gateways send: `/file/hash`,
   * with `*` for an index.
   */
  problems(definition: string, value: unknown, newer: readonly string[] = []): string[] {
    const validate = this.#compile(definition)
    // What travels is JSON: keys without a value are gone.
    if (validate(value === undefined ? undefined : JSON.parse(JSON.stringify(value)))) return []
    return (validate.errors ?? [])
      .map(({ instancePath, keyword, message, params }) => {
        if (keyword !== 'additionalProperties') return `${instancePath || '/'} ${message} ${JSON.stringify(params)}`
        const place = `${instancePath}/${params.additionalProperty}`
        return newer.includes(place.replace(/\/\d+(?=\/|$)/g, '/*')) ? '' : `${place} is not known`
      })
      .filter((problem) => problem !== '')
  }

  #compile(definition: string): ValidateFunction {
    const known = this.#compiled.get(definition)
    if (known) return known
    if (!this.published.definitions[definition]) throw new Error(`the protocol has no definition ${definition}`)
    const validate = this.#ajv.compile({ $ref: `${id}#/definitions/${definition}` })
    this.#compiled.set(definition, validate)
    return validate
  }
}

/** The config schema as a JSON Schema (draft-07) document, for editors and `config schema`. */
export async function configJsonSchema(): Promise<Record<string, unknown>> {
  const { ConfigSchema } = await import('../../schemas/config/index.js')
  // Symbols, which TypeBox needs, do not survive JSON.
  const plain: Record<string, unknown> = JSON.parse(JSON.stringify(ConfigSchema))
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'openclaw.json', ...plain }
}

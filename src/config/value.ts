import { toValue } from './json5/node.js'
import { parseJson5 } from './json5/parse.js'
import { schemasAt } from './lookup.js'
import { parsePath } from './path.js'

/**
 * Reads a value from a command line: JSON5, else plain text. Text that only looks like a number stays text where the key
 * takes text: `+15555550123`, ids of 18 digits, a token that is all digits.
 */
export async function parseValue(path: string, text: string): Promise<unknown> {
  const value = json5OrText(text)
  if (typeof value === 'string' || (typeof value === 'object' && value !== null)) return value
  const { ConfigSchema } = await import('../../schemas/config/index.js')
  const types = schemasAt(ConfigSchema, parsePath(path) ?? []).map((schema) => schema.type)
  if (!types.includes('string')) return value
  const takesIt = types.includes(typeof value) || (types.includes('integer') && Number.isSafeInteger(value))
  return takesIt && String(value) === text.trim() ? value : text
}

function json5OrText(text: string): unknown {
  try {
    return toValue(parseJson5(text))
  } catch {
    return text
  }
}

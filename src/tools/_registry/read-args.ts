import { GatewayError } from '../../kernel/errors.js'
import type { Tool } from '../_types.js'
import type { Args } from './args.js'

interface Property {
  readonly type?: string
}

/** The arguments as a model wrote them. Throws `invalid_tool_arguments` when they are no JSON object. */
export function parseArgs(name: string, text: string): Args {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refusal(name, 'they are not valid JSON')
  }
  if (isObject(value)) return value
  throw refusal(name, 'they must be one JSON object')
}

/**
 * Slips that small models make again and again, mended where the meaning is certain: another known spelling of a
 * parameter, null for "not given", a number or a boolean as text, a list or an object as JSON text.
 */
export function mendArgs({ params, spellings = {} }: Pick<Tool, 'params' | 'spellings'>, given: Args): Args {
  const properties = (params.properties ?? {}) as Readonly<Record<string, Property>>
  const required: readonly string[] = params.required ?? []
  const mended = Object.entries(given).flatMap(([key, value]): [string, unknown][] => {
    const other = Object.hasOwn(spellings, key) ? spellings[key] : undefined
    const name = other !== undefined && !Object.hasOwn(given, other) ? other : key
    if (value === null && !required.includes(name)) return []
    return [[name, mend(Object.hasOwn(properties, name) ? properties[name]?.type : undefined, value)]]
  })
  return Object.fromEntries(mended)
}

function mend(type: string | undefined, value: unknown): unknown {
  if (type === 'string') return typeof value === 'number' ? String(value) : value
  if (typeof value !== 'string') return value
  const text = value.trim()
  if (type === 'integer' || type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : value
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : value
  if (type === 'array' || type === 'object') return fromJson(text, type) ?? value
  return value
}

function fromJson(text: string, type: 'array' | 'object'): unknown {
  if (!text.startsWith(type === 'array' ? '[' : '{')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function refusal(name: string, what: string): GatewayError {
  return new GatewayError('invalid_tool_arguments', { message: `Invalid arguments for "${name}": ${what}.` })
}

function isObject(value: unknown): value is Args {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import type { ModelTool } from '../../models/types.js'
import type { Tool } from '../_types.js'

/** Bytes of definitions that every prompt may carry; beyond them, tools that are rarely needed are found by name. */
const PROMPT_BYTES = 3_000
/** The tool that leads to the others. */
export const MORE_TOOLS = 'more_tools'
/** What only an argument check needs to know. */
const checksOnly = new Set([
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'patternProperties',
])

export interface Definitions {
  readonly definitions: readonly ModelTool[]
  /** Of the definitions in a prompt. */
  readonly bytes: number
}

/**
 * Tools as a model is told of them: names, a summary and the parameters, without what only the check of arguments needs.
 * With `search`, and where there are many, those that are rarely needed stand as one line each in `more_tools`.
 */
export function definitionsOf(tools: readonly Tool[], search: boolean): Definitions {
  const all = withBytes(tools.map(definitionOf))
  const rare = search && all.bytes > PROMPT_BYTES ? tools.filter((tool) => tool.rare) : []
  if (rare.length < 2) return all
  const common = tools.filter((tool) => !rare.includes(tool))
  return withBytes([...common.map(definitionOf), moreTools(rare)])
}

export function definitionOf({ name, summary, params, quiet = [] }: Tool): ModelTool {
  return { name, description: summary, parameters: without(params, quiet) }
}

function moreTools(rare: readonly Tool[]): ModelTool {
  const lines = rare.map(({ name, label }) => `${name} (${label.toLowerCase()})`)
  return {
    name: MORE_TOOLS,
    description: `Further tools: ${lines.join(', ')}. Name alone tells how to call one; with args it is called.`,
    parameters: {
      type: 'object',
      properties: { name: { type: 'string' }, args: { type: 'object' } },
      required: ['name'],
    },
  }
}

function withBytes(definitions: readonly ModelTool[]): Definitions {
  return { definitions, bytes: definitions.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(definitions)) }
}

/** The parameters without the quiet ones. */
function without(params: Tool['params'], quiet: readonly string[]): Record<string, unknown> {
  const { properties = {}, ...rest } = slim(params) as { properties?: Record<string, unknown> }
  const told = Object.entries(properties).filter(([name]) => !quiet.includes(name))
  return { ...rest, properties: Object.fromEntries(told) }
}

function slim(schema: unknown, isProperties = false): unknown {
  if (Array.isArray(schema)) return schema.map((part) => slim(part))
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(([key]) => isProperties || !checksOnly.has(key))
  return Object.fromEntries(kept.map(([key, value]) => [key, slim(value, key === 'properties' && !isProperties)]))
}

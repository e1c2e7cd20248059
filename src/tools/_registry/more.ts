import { canonicalName } from '../_policy/names.js'
import type { Tool, ToolResult } from '../_types.js'
import type { ToolRequest } from './call.js'
import { errorResult } from './call.js'
import { definitionOf, MORE_TOOLS } from './definitions.js'
import { parseArgs } from './read-args.js'

/** A call through `more_tools` as the call that it means; any other call as it is. */
export function meantCall(request: ToolRequest): ToolRequest {
  if (canonicalName(request.name) !== MORE_TOOLS) return request
  const { name, args } = readMore(request)
  if (name === undefined || args === undefined) return request
  return { ...request, name, arguments: typeof args === 'string' ? args : (args as Record<string, unknown>) }
}

/** What `more_tools` answers that was given no arguments to call with: how to call the tool. */
export function describeTool(request: ToolRequest, tools: readonly Tool[]): ToolResult {
  const { name } = readMore(request)
  const wanted = name === undefined ? undefined : canonicalName(name)
  const tool = tools.find((one) => one.name === wanted)
  const names = tools.map((one) => one.name).join(', ')
  if (!tool) return errorResult(`There is no tool "${(name ?? '').slice(0, 100)}". Tools: ${names}.`)
  return { content: [{ type: 'text', text: JSON.stringify(definitionOf(tool)) }], details: { tool: tool.name } }
}

function readMore({ name, arguments: given }: ToolRequest): { name?: string; args?: unknown } {
  try {
    const { name: wanted, args } = typeof given === 'string' ? parseArgs(name, given) : given
    const usable = typeof args === 'string' || (typeof args === 'object' && args !== null)
    return { ...(typeof wanted === 'string' && { name: wanted }), ...(usable && { args }) }
  } catch {
    return {}
  }
}

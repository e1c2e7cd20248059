import { type ErrorCode, GatewayError } from '../kernel/errors.js'
import type { ToolOutcome } from '../tools/_registry/call.js'
import type { ToolResult } from '../tools/_types.js'

/** Told with their own code; whatever else a tool throws is a failure of the tool. */
const own: ReadonlySet<ErrorCode> = new Set([
  'invalid_tool_arguments',
  'tool_error',
  'tool_failed',
  'run_aborted',
  'draining',
])

/**
 * The result of a direct call, or what the client is told in its place (spec/http.md section 9). A tool that the policy
 * keeps away is not one that is missing: 403 names the rule and how to change it, 404 is for names that nobody knows.
 */
export function forClient(asked: string, { tool, result, error }: ToolOutcome): ToolResult {
  if (error) throw told(asked, tool, error)
  if (!result.isError) return result
  throw new GatewayError('tool_error', {
    message: textOf(result) || undefined,
    details: { tool, ...(result.details && { result: result.details }) },
  })
}

function told(asked: string, tool: string, error: GatewayError): GatewayError {
  const { code, message, details, param, cause } = error
  const available = `Tool not available: ${asked.slice(0, 100)}.`
  if (code === 'tool_not_found') {
    return new GatewayError(code, { message: `${available} The method tools.catalog lists those that there are.` })
  }
  if (code === 'tool_denied') return new GatewayError(code, { message: `${available} ${message}`, details })
  if (code === 'invalid_tool_arguments') return new GatewayError(code, { message, details: { tool, param }, param })
  if (own.has(code)) return error
  const failed = error.row.status >= 500 ? 'tool_failed' : 'tool_error'
  return new GatewayError(failed, { message, details: { ...details, tool, code }, cause })
}

function textOf({ content }: ToolResult): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

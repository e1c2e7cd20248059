import type { TurnHeaders } from '../schemas/http/headers.js'
import type { RunEvent } from '../src/agents/types.js'
import type { ToolResult } from '../src/tools/_types.js'

/** True when the caller wants to see the tool calls that the gateway runs itself. */
export function wantsTools({ headers }: { readonly headers: TurnHeaders }): boolean {
  return headers['x-openclaw-tool-events'] === 'true'
}

/** A call of one of the agent's own tools, begun or done; undefined for other events. */
export function toolEvent(event: RunEvent) {
  if (event.type === 'tool_start') {
    return { phase: 'start' as const, id: event.callId, name: event.name, arguments: event.args }
  }
  if (event.type !== 'tool_result') return undefined
  const { callId: id, name, result, durationMs } = event
  const outcome = { output: outputOf(result), is_error: result.isError ?? false, duration_ms: Math.round(durationMs) }
  return { phase: 'result' as const, id, name, ...outcome }
}

/** The text of a result. */
export function outputOf({ content }: ToolResult): string {
  return content.map((part) => (part.type === 'text' ? part.text : `[image ${part.mediaType}]`)).join('\n')
}

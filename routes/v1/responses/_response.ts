import type { ResponseObject, ResponseRequest, ResponseUsage } from '../../../schemas/http/responses.js'
import type { RunFinal } from '../../../src/agents/types.js'
import type { GatewayError } from '../../../src/kernel/errors.js'
import { randomId } from '../../../src/kernel/random-id.js'
import type { Usage } from '../../../src/models/types.js'

/** The response as it is before its turn begins: every required key, the request's own fields echoed (spec/http.md 7.2). */
export function newResponse(body: ResponseRequest, now: number): ResponseObject {
  return {
    id: `resp_${randomId()}`,
    object: 'response',
    created_at: Math.floor(now / 1000),
    completed_at: null,
    status: 'in_progress',
    background: body.background === true,
    model: body.model ?? 'openclaw',
    output: [],
    error: null,
    incomplete_details: null,
    usage: null,
    instructions: body.instructions ?? null,
    previous_response_id: body.previous_response_id ?? null,
    metadata: body.metadata ?? {},
    parallel_tool_calls: body.parallel_tool_calls ?? true,
    temperature: body.temperature ?? null,
    top_p: body.top_p ?? null,
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    max_output_tokens: body.max_output_tokens ?? null,
    max_tool_calls: body.max_tool_calls ?? null,
    reasoning: { effort: body.reasoning?.effort ?? null, summary: body.reasoning?.summary ?? null },
    service_tier: 'default',
    store: body.store !== false,
    text: { format: body.text?.format ?? { type: 'text' } },
    top_logprobs: 0,
    truncation: body.truncation ?? 'disabled',
    user: body.user ?? null,
  }
}

/** What the end of the turn makes of the response; its output is the writer's. */
export function endOf(final: RunFinal, now: number): Partial<ResponseObject> {
  const completed_at = Math.floor(now / 1000)
  if (final.type === 'aborted') return { status: 'cancelled' }
  if (final.type === 'error') return { status: 'failed', error: errorOf(final.error) }
  const { finish, usage } = final.result
  const reason = finish === 'length' ? 'max_output_tokens' : finish === 'content_filter' ? 'content_filter' : undefined
  if (reason) return { status: 'incomplete', incomplete_details: { reason }, usage: usageOf(usage) }
  return { status: 'completed', completed_at, usage: usageOf(usage) }
}

function usageOf({ input, output, cacheRead, reasoning }: Usage): ResponseUsage {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cacheRead },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}

/** `code` is of OpenAI's closed list; our own code stands in the message's log line. */
function errorOf({ row, message }: GatewayError): { code: string; message: string } {
  const code = row.status === 429 ? 'rate_limit_exceeded' : row.status < 500 ? 'invalid_prompt' : 'server_error'
  return { code, message }
}

import type { ChatCompletion, CompletionUsage } from '../../../schemas/http/chat-completions.js'
import type { RunResult } from '../../../src/agents/types.js'
import { randomId } from '../../../src/kernel/random-id.js'
import type { Usage } from '../../../src/models/types.js'

type Choice = ChatCompletion['choices'][number]

/** What every chunk and answer of one call has in common. */
export interface AnswerHead {
  readonly id: string
  /** Seconds since the epoch. */
  readonly created: number
  readonly model: string
  readonly system_fingerprint: string
}

export function answerHead(model: string, now: number, version: string): AnswerHead {
  return {
    id: `chatcmpl-${randomId()}`,
    created: Math.floor(now / 1000),
    model,
    system_fingerprint: `openclaw_${version}`,
  }
}

/** One whole answer in OpenAI's shape, every required key included (spec/http.md section 6.1). */
export function wholeAnswer(head: AnswerHead, results: readonly RunResult[], legacyFunctions: boolean): ChatCompletion {
  return {
    id: head.id,
    object: 'chat.completion',
    created: head.created,
    model: head.model,
    system_fingerprint: head.system_fingerprint,
    choices: results.map((result, index) => choiceOf(result, index, legacyFunctions)),
    usage: usageOf(results.map(({ usage }) => usage)),
  }
}

function choiceOf(result: RunResult, index: number, legacyFunctions: boolean): Choice {
  const [first] = result.toolCalls
  const called = result.toolCalls.length > 0
  const asFunction = legacyFunctions && first
  return {
    index,
    message: {
      role: 'assistant',
      content: result.text === '' && (called || result.refusal !== null) ? null : result.text,
      refusal: result.refusal,
      annotations: [],
      ...(asFunction ? { function_call: { name: first.name, arguments: first.arguments } } : {}),
      ...(called && !asFunction ? { tool_calls: result.toolCalls.map(toolCallOf) } : {}),
    },
    logprobs: null,
    finish_reason: finishOf(result, legacyFunctions),
  }
}

const toolCallOf = ({ id, name, arguments: args }: RunResult['toolCalls'][number]) => ({
  id,
  type: 'function' as const,
  function: { name, arguments: args },
})

export function finishOf(result: RunResult, legacyFunctions: boolean): Choice['finish_reason'] {
  return legacyFunctions && result.finish === 'tool_calls' ? 'function_call' : result.finish
}

/** The sum over all choices, in OpenAI's words. */
export function usageOf(usages: readonly Usage[]): CompletionUsage {
  const sum = (field: 'input' | 'output' | 'cacheRead' | 'reasoning') =>
    usages.reduce((total, usage) => total + usage[field], 0)
  return {
    prompt_tokens: sum('input'),
    completion_tokens: sum('output'),
    total_tokens: sum('input') + sum('output'),
    prompt_tokens_details: { cached_tokens: sum('cacheRead') },
    completion_tokens_details: { reasoning_tokens: sum('reasoning') },
  }
}

import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import type { Logger } from '../../kernel/logger.js'
import { follow, type StopSignal } from '../../kernel/stop.js'
import type { ModelRoute } from '../../models/route.js'
import type { ModelMessage } from '../../models/types.js'
import { errorResult } from '../../tools/_registry/call.js'
import type { Accumulator } from '../accumulate.js'
import { runLoop } from '../loop.js'
import type { TurnTools } from '../turn-tools.js'
import type { RunRequest } from '../types.js'
import type { FlushSettings } from './settings.js'
import { sideCalls } from './summary-model.js'

/** Model calls of the silent turn; the last one may call no tool. */
const maxCalls = 8
const limitMs = 120_000
/** What it may use: it is there to write notes. */
const noteTools: ReadonlySet<string> = new Set(['read', 'write', 'edit', 'apply_patch', 'memory_search', 'memory_get'])

export interface FlushInput {
  readonly clock: Clock
  readonly log: Logger
  /** The model of the turn. */
  readonly route: ModelRoute
  readonly redact: ((text: string) => string) | undefined
  readonly request: Pick<RunRequest, 'agent' | 'origin' | 'sessionKey'>
  readonly tools: TurnTools
  readonly settings: FlushSettings
  readonly signal: StopSignal
  /** What the turn has spent. */
  readonly collected: Accumulator
}

/**
 * A silent turn before a conversation is summed up: the agent may write down in its workspace what must not be lost.
 * Nothing of it is shown, recorded or answered. Skipped where it cannot write. Never rejects.
 */
export async function flushMemory(input: FlushInput, messages: readonly ModelMessage[], free: number): Promise<void> {
  const { clock, log, route, redact, request, tools, settings, signal, collected } = input
  if (free < settings.roomTokens || !(await tools.takesNotes?.().catch(() => false))) return
  const { stop, unlink } = follow(signal)
  const cancel = clock.after(limitMs, () => stop.abort(new GatewayError('run_timeout')))
  const calls = sideCalls(route, clock, stop, request, true)
  let asked = 0
  try {
    await runLoop({
      prompt: [...withSystem(messages, settings.systemPrompt), order(settings.prompt ?? usualOrder(clock.now()))],
      ask: (sent) => {
        asked += 1
        return calls.asker.ask(sent, tools.definitions, asked >= maxCalls ? 'none' : undefined)
      },
      stepText: () => calls.collected.stepText,
      tools: forNotes(tools),
      clientTools: [],
      signal: stop,
      emit: () => {},
      record: async () => {},
      late: noLate,
      watchRepeats: true,
      redact,
    })
  } catch (error) {
    log.debug({ err: error, sessionKey: request.sessionKey }, 'the turn for notes came to nothing')
  } finally {
    cancel()
    unlink()
    if (calls.collected.usage) collected.spend(calls.collected.usage, calls.collected.cost)
  }
}

const noLate = { waits: () => false, take: () => [], keep: async () => {} }
const order = (text: string): ModelMessage => ({ role: 'user', content: [{ type: 'text', text }] })

function usualOrder(now: number): string {
  const day = new Date(now).toISOString().slice(0, 10)
  return `[System] This conversation is about to be summed up, and what is older will be forgotten. Write what should last - facts, decisions, wishes of the user, open work - to memory/${day}.md in the workspace: add to the file, do not replace what is in it. No passwords or keys. Do not answer what was said above; that comes later. When there is nothing to write, or you are done, answer NO_REPLY.`
}

function withSystem(messages: readonly ModelMessage[], text: string | undefined): readonly ModelMessage[] {
  const [system, ...rest] = messages
  if (text === undefined || system?.role !== 'system') return messages
  return [{ ...system, content: [...system.content, { type: 'text', text: `\n\n${text}` }] }, ...rest]
}

/** The same tools, so that providers find the same prompt again, of which only those for files do something. */
function forNotes(tools: TurnTools): TurnTools {
  return {
    definitions: tools.definitions,
    bytes: tools.bytes,
    isReadOnly: (call) => tools.isReadOnly(call),
    shown: (call) => tools.shown(call),
    async run(call, signal, progress) {
      const { name } = tools.shown(call)
      if (noteTools.has(name)) return tools.run(call, signal, progress)
      return { tool: name, durationMs: 0, result: errorResult('Not now: only files of the workspace may be written.') }
    },
  }
}

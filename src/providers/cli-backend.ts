import { follow, Stop, type StopSignal } from '../kernel/stop.js'
import { WorkLimit } from '../kernel/work-limit.js'
import { rejectedInput } from '../models/input.js'
import type { Program } from '../models/program-types.js'
import { estimatePrompt, estimateTokens } from '../models/tokens.js'
import type {
  ModelEmit,
  ModelFailure,
  ModelFinal,
  ModelProvider,
  ModelRequest,
  ProviderContext,
  Usage,
} from '../models/types.js'
import { ProgramFailures } from './_cli/failures.js'
import { openFolder } from './_cli/files.js'
import { type Answered, runProgramTurn } from './_cli/turn.js'

/** Turns of one program side by side, when it need not run one at a time; and turns that wait for a place. */
const AT_ONCE = 4
const MAX_WAITING = 32

/**
 * Command-line programs that answer turns: `claude-cli/<model>`, `codex-cli/<model>` and those of
 * `agents.defaults.cliBackends`. They get text and images and give text: no tools of ours, and all at once.
 */
export default function cliBackend(context: ProviderContext): ModelProvider {
  const closing = new Stop()
  const limits = new Map<string, WorkLimit>()
  const folders = new Map<string, Promise<string>>()
  const running = new Set<Promise<unknown>>()

  function limitOf({ id, serialize }: Program): WorkLimit {
    const key = `${id} ${serialize}`
    const limit = limits.get(key) ?? new WorkLimit(serialize ? 1 : AT_ONCE, MAX_WAITING)
    limits.set(key, limit)
    return limit
  }

  function folderOf(parent: string, id: string): Promise<string> {
    const folder = folders.get(id) ?? openFolder(parent, id)
    folders.set(id, folder)
    folder.catch(() => folders.delete(id))
    return folder
  }

  async function turn(program: Program, request: ModelRequest, signal: StopSignal): Promise<Answered> {
    const failures = new ProgramFailures(program, request.model.ref)
    try {
      // It may have waited long for its place.
      if (signal.aborted) return { failure: failures.aborted() }
      const host = context.programs
      if (!host) return { failure: failures.broken('no program may be started here') }
      const folder = await folderOf(host.folder, program.id)
      return await runProgramTurn({ context, host, program, request, signal, folder })
    } catch (error) {
      return { failure: failures.broken(error) }
    }
  }

  /** In its place in the line. Whoever is called off while waiting leaves at once. Never rejects. */
  function answerOf(program: Program, request: ModelRequest, signal: StopSignal): Promise<Answered> {
    const failures = new ProgramFailures(program, request.model.ref)
    let begun = false
    const work = limitOf(program).run(() => {
      begun = true
      const started = turn(program, request, signal)
      running.add(started)
      return started.finally(() => running.delete(started))
    })
    if (!work) return Promise.resolve({ failure: failures.overloaded() })
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => begun || resolve({ failure: failures.aborted() }))
      void work.then(resolve)
    })
  }

  return {
    async call(request, signal, emit) {
      const { program } = request.model
      if (!program) return failed({ class: 'not_found', message: `${request.model.ref} names no program.` })
      const rejected = rejectedInput(request)
      if (rejected) return failed(rejected)
      const { stop, unlink } = follow(signal)
      const leave = closing.lead(stop)
      if (closing.aborted) stop.abort(closing.reason)
      try {
        const answer = await answerOf(program, request, stop)
        if ('failure' in answer) return failed(answer.failure)
        return await give(answer.text, answer.usage ?? estimated(request, answer.text), emit)
      } finally {
        leave()
        unlink()
      }
    },
    async close() {
      closing.abort(new Error('the gateway shuts down'))
      await Promise.allSettled(running)
    },
  }
}

async function give(text: string, usage: Usage, emit: ModelEmit): Promise<ModelFinal> {
  await emit({ type: 'text', delta: text })
  await emit({ type: 'usage', usage })
  return { type: 'done', reason: 'stop' }
}

function estimated({ messages }: ModelRequest, text: string): Usage {
  return {
    input: estimatePrompt(messages, []),
    output: estimateTokens(text),
    cacheRead: 0,
    reasoning: 0,
    estimated: true,
  }
}

function failed(failure: ModelFailure): ModelFinal {
  return { type: 'error', failure }
}

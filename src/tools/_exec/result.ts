import { GatewayError } from '../../kernel/errors.js'
import { resultChars, tailChars } from '../_process/limits.js'
import type { Process } from '../_process/process.js'
import { headAndTail, plain, tailOf } from '../_process/text.js'
import type { ToolResult } from '../_types.js'

/** The answer of a command that has ended; `shown` when nothing of its output was left out. */
export function finishedResult(process: Process): { readonly result: ToolResult; readonly shown: boolean } {
  const output = plain(process.output.text()).trimEnd()
  const shown = output.length <= resultChars
  const hint = `; process log with sessionId ${process.id} shows them`
  const parts = [headAndTail(output, resultChars, hint) || '(no output)', ending(process)]
  const bad = process.end !== 'exit' || process.exit?.code === null
  const result: ToolResult = {
    content: [{ type: 'text', text: parts.filter((part) => part !== '').join('\n\n') }],
    details: { ...facts(process), durationMs: process.durationMs, aggregated: output },
    ...(bad && { isError: true }),
  }
  return { result, shown }
}

/** The answer when a command goes on in the background. */
export function runningResult(process: Process): ToolResult {
  const tail = tailOf(plain(process.output.drain()).trimEnd(), tailChars)
  const text = `Still running in the background as ${process.id} (pid ${process.pid}). Follow it with the process tool: poll, log, write, kill.`
  return {
    content: [{ type: 'text', text: tail === '' ? text : `${text}\n\nOutput so far:\n${tail}` }],
    details: { ...facts(process), startedAt: process.startedAt, tail },
  }
}

/** The answer when the command may not run, or cannot. Anything else that was thrown is thrown on. */
export function refusedResult(error: unknown): ToolResult {
  if (!(error instanceof GatewayError)) throw error
  return {
    content: [{ type: 'text', text: error.message }],
    details: { ...error.details, status: 'failed', code: error.code },
    isError: true,
  }
}

/** How a process ended, for the model; empty when it went well. */
export function ending(process: Process): string {
  const { exit, end, about } = process
  if (!exit) return ''
  if (end === 'timeout') return `(ended after its timeout of ${(about.timeoutMs ?? 0) / 1_000} s)`
  if (end === 'killed') return '(killed)'
  if (end === 'aborted') return '(ended because its turn was called off)'
  if (exit.code === null) return `(ended by ${exit.signal})`
  return exit.code === 0 ? '' : `(exit code ${exit.code})`
}

export function facts(process: Process): Readonly<Record<string, unknown>> {
  const { id, pid, exit, about, host, end } = process
  return {
    status: statusOf(process),
    sessionId: id,
    pid,
    host,
    ...(about.cwd !== undefined && { cwd: about.cwd }),
    ...(exit && { exitCode: exit.code, exitSignal: exit.signal, reason: end }),
  }
}

export function statusOf({ exit, end }: Process): 'running' | 'completed' | 'failed' | 'killed' {
  if (!exit) return 'running'
  if (end === 'killed') return 'killed'
  return end === 'exit' && exit.code === 0 ? 'completed' : 'failed'
}

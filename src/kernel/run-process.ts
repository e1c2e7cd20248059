import { type ChildProcess, spawn } from 'node:child_process'
import type { Clock } from './clock.js'
import { endTree } from './end-tree.js'
import { markerName, startTimeOf } from './process-tree.js'
import { randomId } from './random-id.js'
import type { StopSignal } from './stop.js'

export interface ProcessOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly input: string
  readonly signal: StopSignal
  readonly clock: Clock
  /** Longest life, and longest silence. Milliseconds. */
  readonly timeoutMs: number
  readonly silenceMs: number
  /** Gets stdout; what it throws ends the process as a flood. */
  readonly onOutput: (chunk: Buffer) => void
}

/** How a process came to its end. `start`: it never ran. The others but `exit` are why it was ended. */
export type ProcessEnd = 'exit' | 'start' | 'timeout' | 'silence' | 'flood' | 'aborted'

export interface ProcessResult {
  readonly end: ProcessEnd
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to stderr. */
  readonly stderr: string
  /** Why it could not be started, e.g. `ENOENT`. */
  readonly errno?: string | undefined
}

const graceMs = 2_000
/** How long output may still come after the process has ended. */
const drainMs = 250
/** What it leaves running in its group ends with it, after this long. */
const leftoverGraceMs = 500
const maxStderrBytes = 8_192

/**
 * Runs a program to its end, without a shell, in a process group of its own. Never rejects. When it resolves, nothing of
 * the group is left.
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const marker = randomId()
  let child: ChildProcess
  try {
    child = spawn(options.file, [...options.args], {
      cwd: options.cwd,
      env: { ...options.env, [markerName]: marker },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    })
    await started(child)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { end: 'start', code: null, signal: null, stderr: message, errno: code }
  }
  return watched(child, marker, options)
}

async function started(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
}

async function watched(child: ChildProcess, marker: string, options: ProcessOptions): Promise<ProcessResult> {
  const { clock, signal, silenceMs } = options
  const leader = { pid: child.pid as number, startTime: startTimeOf(child.pid as number) }
  let end: ProcessEnd = 'exit'
  let ending: Promise<boolean> | undefined

  function stop(why: ProcessEnd): void {
    if (ending) return
    end = why
    ending = endTree({ ...leader, marker }, graceMs)
  }

  const abort = () => stop('aborted')
  const cancelLimit = clock.after(options.timeoutMs, () => stop('timeout'))
  let cancelSilence = clock.after(silenceMs, () => stop('silence'))
  const heard = () => {
    cancelSilence()
    cancelSilence = clock.after(silenceMs, () => stop('silence'))
  }
  const stderr = new StderrTail()
  child.stderr?.on('data', (chunk: Buffer) => {
    heard()
    stderr.add(chunk)
  })
  child.stdout?.on('data', (chunk: Buffer) => {
    heard()
    try {
      if (!ending) options.onOutput(chunk)
    } catch {
      stop('flood')
    }
  })
  // It may end without reading.
  child.stdin?.on('error', () => {})
  child.stdin?.end(options.input)
  const exit = exitOf(child, clock)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  const { code, signal: by } = await exit
  signal.removeEventListener('abort', abort)
  cancelLimit()
  cancelSilence()
  await (ending ?? endTree({ ...leader, marker: undefined }, leftoverGraceMs))
  return { end, code, signal: by, stderr: stderr.text() }
}

/** The end of the process with all its output, or with what came in time when something else holds the pipe. */
function exitOf(
  child: ChildProcess,
  clock: Clock,
): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const finish = () => {
        cancel()
        for (const pipe of child.stdio) pipe?.destroy()
        resolve({ code, signal })
      }
      const cancel = clock.after(drainMs, finish)
      child.once('close', finish)
    })
  })
}

class StderrTail {
  #bytes: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(-maxStderrBytes)
  }

  text(): string {
    return this.#bytes.toString('utf8').trim()
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { endTree } from '../../kernel/end-tree.js'
import { GatewayError } from '../../kernel/errors.js'
import { markerName, startTimeOf } from '../../kernel/process-tree.js'
import { randomId } from '../../kernel/random-id.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { CommandExit, RunningCommand } from '../_commands.js'

export interface StartOptions {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>
  readonly signal: StopSignal
  /**
   * Ends what the process group does not hold (a container's processes, say) before the group is ended. `exit` resolves
   * when the program itself has gone.
   */
  endElsewhere?(end: {
    readonly marker: string
    readonly graceMs: number
    readonly exit: Promise<unknown>
  }): Promise<void>
}

/** Runs its arguments with stderr in stdout: one pipe keeps the order in which they were written. */
const merge = 'exec "$@" 2>&1'

const defaultGraceMs = 2_000
/** How long output may still come after the process has ended. */
const drainMs = 250
/** What a command leaves running in its group ends with it, after this long. */
const leftoverGraceMs = 500

/**
 * Starts a program in a session and process group of its own. Rejects with `exec_failed` when it cannot be started.
 * Every command ends: by itself, by `kill` or by its signal, and then nothing of its group is left.
 */
export async function startProgram(options: StartOptions): Promise<RunningCommand> {
  options.signal.throwIfAborted()
  if ([options.file, ...options.args, options.cwd].some((word) => word.includes('\0'))) {
    throw new GatewayError('exec_failed', {
      message: 'The command holds a NUL character, which no program can be given.',
    })
  }
  const marker = randomId()
  const child = spawn('/bin/sh', ['-c', merge, 'sh', options.file, ...options.args], {
    cwd: options.cwd,
    env: { ...options.env, [markerName]: marker },
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  })
  await started(child)
  return running(child, marker, options)
}

async function started(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) =>
      reject(
        new GatewayError('exec_failed', { message: `The command could not be started: ${cause.message}.`, cause }),
      ),
    )
  })
}

function running(child: ChildProcess, marker: string, options: StartOptions): RunningCommand {
  const { signal } = options
  const pid = child.pid as number
  const startTime = startTimeOf(pid)
  const exit = exitOf(child)
  let ending: Promise<void> | undefined

  async function end(graceMs: number): Promise<void> {
    await options.endElsewhere?.({ marker, graceMs, exit }).catch(() => {})
    await endTree({ pid, startTime, marker }, graceMs)
  }

  function kill(graceMs = defaultGraceMs): Promise<void> {
    ending ??= end(graceMs)
    return ending
  }

  const abort = () => void kill()
  signal.addEventListener('abort', abort)
  child.stdin?.on('error', () => {})

  async function finish(): Promise<CommandExit> {
    const result = await exit
    signal.removeEventListener('abort', abort)
    if (ending) await ending
    else await endTree({ pid, startTime, marker: undefined }, leftoverGraceMs)
    return result
  }

  return {
    pid,
    onOutput: outputOf(child),
    write: (data) => void child.stdin?.write(data),
    endInput: () => void child.stdin?.end(),
    kill,
    exited: finish(),
  }
}

/** Output that comes before anybody listens is kept for the first who does. */
function outputOf(child: ChildProcess): RunningCommand['onOutput'] {
  let early: Buffer[] | undefined = []
  child.stdout?.on('data', (chunk: Buffer) => early?.push(chunk))
  return (listener) => {
    for (const chunk of early ?? []) listener(chunk)
    early = undefined
    child.stdout?.on('data', listener)
  }
}

/** The end of the process with all its output, or with what came in time when something else holds the pipe. */
function exitOf(child: ChildProcess): Promise<CommandExit> {
  return new Promise((resolve) => {
    let exit: CommandExit | undefined
    child.once('exit', (code, signal) => {
      exit = { code, signal }
      sleep(drainMs).then(() => {
        child.stdout?.destroy()
        child.stdin?.destroy()
        resolve({ code, signal })
      })
    })
    child.once('close', () => exit && resolve(exit))
  })
}

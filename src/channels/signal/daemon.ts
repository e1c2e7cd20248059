import { spawn } from 'node:child_process'
import { type AddressInfo, createServer } from 'node:net'
import { type Clock, sleep } from '../../kernel/clock.js'
import { endTree } from '../../kernel/end-tree.js'
import { startTimeOf } from '../../kernel/process-tree.js'
import { ChannelFailure } from '../port.js'
import { SignalRpc } from './rpc.js'

const startMs = 30_000
const longestStartMs = 120_000
const tryMs = 200
const graceMs = 5_000
const maxTail = 2_000

/** signal-cli is a Java program: what it needs of the environment, and no secret of the gateway. */
const clean =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills these in
  'exec env -i PATH="$PATH" HOME="$HOME" LANG="${LANG:-C.UTF-8}" ${JAVA_HOME:+JAVA_HOME="$JAVA_HOME"} ${XDG_DATA_HOME:+XDG_DATA_HOME="$XDG_DATA_HOME"} "$@"'

export interface DaemonOptions {
  readonly cliPath: string
  readonly account: string
  /** 0: any that is free. */
  readonly port: number
  readonly startupTimeoutMs?: number | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface Daemon {
  readonly rpc: SignalRpc
  /** Rejects when it ends. */
  readonly ended: Promise<never>
  /** Ends it and whatever it has started; resolves when it is gone. */
  stop(): Promise<void>
}

/** Starts signal-cli's daemon on loopback, in a process group of its own. Rejects with a `ChannelFailure`. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { cliPath, account, signal } = options
  const port = options.port === 0 ? await freePort() : options.port
  // What comes while nobody listens stays with Signal.
  const receive = ['--receive-mode', 'on-connection', '--no-receive-stdout']
  const args = [cliPath, '-a', account, 'daemon', '--http', `127.0.0.1:${port}`, ...receive]
  const child = spawn('/bin/sh', ['-c', clean, 'sh', ...args], { stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  let tail = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    tail = `${tail}${chunk.toString('utf8')}`.slice(-maxTail)
  })
  const gone = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127))
    child.once('close', resolve)
  })
  const ended = gone.then((code): never => {
    throw endOf(code, cliPath, tail)
  })
  ended.catch(() => {})
  const { pid } = child
  const leader = pid === undefined ? undefined : { pid, startTime: startTimeOf(pid), marker: undefined }
  const stop = async () => {
    // Its launcher is a script of its own: the whole group goes.
    if (leader) await endTree(leader, graceMs)
    await gone
  }
  const rpc = new SignalRpc(`http://127.0.0.1:${port}`, account)
  try {
    await Promise.race([ended, ready(rpc, options)])
    signal.throwIfAborted()
  } catch (error) {
    await stop()
    throw error
  }
  return { rpc, ended, stop }
}

async function ready(rpc: SignalRpc, { clock, signal, startupTimeoutMs }: DaemonOptions): Promise<void> {
  const until = clock.monotonic() + Math.min(startupTimeoutMs ?? startMs, longestStartMs)
  while (!(await rpc.check(signal))) {
    if (clock.monotonic() > until) throw new ChannelFailure('network', 'signal-cli did not come up in time')
    await sleep(clock, tryMs, signal)
  }
}

function endOf(code: number | null, cliPath: string, tail: string): ChannelFailure {
  if (code === 127 || code === 126) {
    return new ChannelFailure('auth', `${cliPath} cannot be run: install signal-cli, or set channels.signal.cliPath`)
  }
  const last = tail.trim().split('\n').at(-1)?.slice(0, 300) ?? ''
  const lost = /not registered|does not exist|not linked/i.test(tail)
  return new ChannelFailure(lost ? 'auth' : 'network', `signal-cli has ended (${code ?? 'killed'}): ${last}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

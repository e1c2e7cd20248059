import { createHmac } from 'node:crypto'
import type { EventHook } from '../../../schemas/config/hook-events.js'
import type { EgressFetch, EgressPolicy } from '../../egress/types.js'
import { type Clock, sleep } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { expandHome } from '../../kernel/expand-home.js'
import { runProcess } from '../../kernel/run-process.js'
import type { StopSignal } from '../../kernel/stop.js'

/** One event on its way to a hook. */
export interface EventLetter {
  readonly id: string
  readonly event: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** JSON of it. */
  readonly body: string
}

export interface DeliverInput {
  readonly clock: Clock
  readonly home: string
  /** Where commands run. */
  readonly folder: string
  /** The whole environment of commands. */
  readonly env: () => Readonly<Record<string, string>>
  readonly egress: () => Promise<EgressFetch>
  readonly policy: EgressPolicy | undefined
  /** The text of the hook's secret. Throws `secret_unavailable`. */
  readonly secret: () => string | undefined
}

const defaultSeconds = 30
/** Waits before a URL is called again; the answer of the last call counts. */
const retryMs: readonly number[] = [1_000, 5_000]
/** Answers of URLs are not read further. */
const answerBytes = 16_384

/** Gives an event to a hook. Rejects with the reason why it did not take it. */
export function deliverEvent(
  hook: EventHook,
  letter: EventLetter,
  input: DeliverInput,
  signal: StopSignal,
): Promise<void> {
  return hook.command === undefined ? post(hook, letter, input, signal) : run(hook, letter, input, signal)
}

async function run(
  { command = [], timeoutSeconds = defaultSeconds }: EventHook,
  { body }: EventLetter,
  { clock, home, folder, env }: DeliverInput,
  signal: StopSignal,
): Promise<void> {
  const [file = '', ...args] = command
  const timeoutMs = timeoutSeconds * 1_000
  const result = await runProcess({
    ...{ file: expandHome(file, home), args, cwd: folder, env: env(), input: `${body}\n` },
    ...{ signal, clock, timeoutMs, silenceMs: timeoutMs },
    // What it prints is nobody's business.
    onOutput: () => {},
  })
  if (result.end === 'exit' && result.code === 0) return
  const how = result.end === 'exit' ? `it ended with exit code ${result.code ?? result.signal}` : ends[result.end]
  throw new Error(result.stderr === '' ? `${how}` : `${how}: ${result.stderr.slice(-500)}`)
}

const ends: Readonly<Record<string, string>> = {
  start: 'it could not be started',
  timeout: 'it took too long',
  silence: 'it took too long',
  aborted: 'the gateway ended',
}

async function post(hook: EventHook, letter: EventLetter, input: DeliverInput, signal: StopSignal): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const problem = await tryPost(hook, letter, input, signal)
    if (problem === undefined) return
    const waitMs = retryMs[tries]
    if (!problem.passing || waitMs === undefined) throw new Error(problem.message)
    await sleep(input.clock, waitMs, signal)
  }
}

interface Problem {
  readonly message: string
  /** The same may go well later. */
  readonly passing: boolean
}

async function tryPost(
  { url = '', timeoutSeconds = defaultSeconds }: EventHook,
  { id, event, body }: EventLetter,
  { clock, egress, policy, secret }: DeliverInput,
  signal: StopSignal,
): Promise<Problem | undefined> {
  const time = Math.floor(clock.now() / 1_000)
  const key = secret()
  const signature = key && createHmac('sha256', key).update(`${time}.${body}`).digest('hex')
  try {
    const fetch = await egress()
    const { status } = await fetch({
      ...{ url, method: 'POST', body, signal, maxBytes: answerBytes, timeoutMs: timeoutSeconds * 1_000 },
      headers: {
        'content-type': 'application/json',
        'x-openclaw-event': event,
        'x-openclaw-delivery': id,
        'x-openclaw-timestamp': String(time),
        ...(signature && { 'x-openclaw-signature': `sha256=${signature}` }),
      },
      ...(policy && { policy }),
    })
    if (status < 300) return undefined
    return { message: `it answered ${status}`, passing: status >= 500 || status === 429 || status === 408 }
  } catch (thrown) {
    if (signal.aborted || !(thrown instanceof GatewayError)) throw thrown
    return { message: thrown.message, passing: thrown.row.retryable }
  }
}

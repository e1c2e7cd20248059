import { type Clock, sleep } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { mayPass, type TunnelFailure } from './failures.js'
import type { OpenTunnel, TunnelOptions } from './open.js'

export type TunnelState =
  | { readonly state: 'connecting' }
  | { readonly state: 'up'; readonly pid: number; readonly localPort: number }
  | { readonly state: 'waiting'; readonly retryMs: number; readonly why: GatewayError }

export interface KeepOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Starts one ssh; `openTunnel` with its plan. */
  readonly open: (options: Pick<TunnelOptions, 'signal' | 'clock'>) => Promise<OpenTunnel>
  readonly onState: (state: TunnelState) => void
  /** 0 to 1, for the spread of retries; a parameter so that tests can tell. */
  readonly random?: () => number
}

const firstRetryMs = 500
const maxRetryMs = 60_000
/** A tunnel that stood this long was fine; the next loss begins with short waits again. */
const healthyMs = 30_000

/**
 * Keeps a tunnel standing until the signal aborts: one ssh after the other, with growing pauses. The first attempt may
 * fail for good (unknown host key, no permission, port taken): then it throws `tunnel_failed`. Once a tunnel stood, no
 * reason is final: the other side may be in the middle of a repair. Resolves when stopped; nothing is left running.
 */
export async function keepTunnel({ clock, signal, open, onState, random = Math.random }: KeepOptions): Promise<void> {
  let stood = false
  let pauseMs = firstRetryMs
  while (!signal.aborted) {
    onState({ state: 'connecting' })
    const began = clock.monotonic()
    const why = await once()
    if (signal.aborted) return
    if (clock.monotonic() - began >= healthyMs) pauseMs = firstRetryMs
    if (!stood && !mayPass(kindOf(why))) throw why
    const retryMs = Math.round(pauseMs * (0.5 + random() / 2))
    pauseMs = Math.min(pauseMs * 2, maxRetryMs)
    onState({ state: 'waiting', retryMs, why })
    await sleep(clock, retryMs, signal).catch(() => {})
  }

  async function once(): Promise<GatewayError> {
    try {
      const tunnel = await open({ signal, clock })
      stood = true
      onState({ state: 'up', pid: tunnel.pid, localPort: tunnel.localPort })
      return (await tunnel.ended) ?? new GatewayError('tunnel_failed', { message: 'The tunnel was closed.' })
    } catch (error) {
      if (error instanceof GatewayError) return error
      if (signal.aborted) return new GatewayError('tunnel_failed', { cause: error })
      throw error
    }
  }
}

function kindOf({ details }: GatewayError): TunnelFailure {
  return (details?.kind as TunnelFailure | undefined) ?? 'ended'
}

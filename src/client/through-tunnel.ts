import { connect } from 'node:net'
import type { Config } from '../../schemas/config/index.js'
import { probe } from '../instance/conflict/probe.js'
import { readRunFiles } from '../instance/run-file.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { OpenTunnel } from '../remote/tunnel/open.js'
import { planOf, type TunnelPlan } from '../remote/tunnel/plan.js'
import { showSshTarget } from '../remote/tunnel/target.js'
import { clientClock } from './clock.js'
import { unreachable } from './failures.js'
import type { FoundGateway } from './open.js'

/** Longest look whether something listens on a port of this machine, in milliseconds. */
const lookMs = 500
/** Somebody may take a free port between our look and ssh. */
const portTries = 3

export interface PassageOptions {
  /** Until ssh has to be through, in milliseconds. */
  readonly limitMs: number
  readonly signal: AbortSignal
  /** True: a tunnel of its own, whatever stands on the configured port. */
  readonly fresh?: boolean
}

/** How a gateway behind ssh is reached. */
export interface Passage {
  readonly found: FoundGateway
  /** kept: a tunnel that stood already, or whatever else holds its port. own: one for this command. */
  readonly tunnel: 'kept' | 'own'
  readonly target: string
  close(): Promise<void>
}

/**
 * The way to the configured remote gateway through ssh: the tunnel that stands, or one on a free port for as long as
 * the caller needs it. Undefined when the config wants no tunnel, or another gateway is meant. Throws `tunnel_failed`,
 * and `gateway_unreachable` (other_gateway) when a gateway of this machine has the port: it must not get the token of
 * another one.
 */
export async function throughTunnel(
  found: FoundGateway,
  config: Config,
  { fresh = false, ...options }: PassageOptions,
): Promise<Passage | undefined> {
  const { instance, target } = found
  const plan = target.source === 'remote' ? planOf(config.gateway?.remote, instance.paths.home) : undefined
  if (!plan) return undefined
  const name = showSshTarget(plan.target)
  if (!fresh && (await accepts(plan.localPort))) {
    await refuseOwn(found, plan)
    return { found, tunnel: 'kept', target: name, close: async () => {} }
  }
  const { openTunnel } = await import('../remote/tunnel/open.js')
  for (let tries = 1; ; tries++) {
    const localPort = await freePort()
    try {
      const own = { ...plan, localPort }
      const tunnel = await openTunnel(own, { env: instance.env, ...options })
      const kept = keepUp(tunnel, (more) => openTunnel(own, { env: instance.env, ...more }))
      const base = new URL(target.base)
      base.port = String(localPort)
      const moved: FoundGateway = {
        ...found,
        target: { ...target, base, keptAs: target.base, display: `${target.display} (ssh ${name})` },
        probe: () => found.probe(base),
      }
      return { found: moved, tunnel: 'own', target: name, close: kept.close }
    } catch (error) {
      const taken = error instanceof GatewayError && error.details?.kind === 'port_in_use'
      if (!taken || tries === portTries) throw error
    }
  }
}

export interface OwnedOptions extends Omit<PassageOptions, 'signal'> {
  /** Takes what has to be closed when it is over. */
  readonly owns: (close: () => Promise<void>) => void
}

/** The same with an owner, who closes it from the moment on in which ssh starts. Without a tunnel `found` as it is. */
export async function ownedTunnel(
  found: FoundGateway,
  config: Config,
  { owns, ...options }: OwnedOptions,
): Promise<FoundGateway> {
  const stop = new AbortController()
  const opening = throughTunnel(found, config, { ...options, signal: stop.signal })
  owns(async () => {
    stop.abort()
    await (await opening.catch(() => undefined))?.close()
  })
  return (await opening)?.found ?? found
}

/** Who follows a log for hours wants the tunnel back, on the same port, after a night's sleep of the machine. */
function keepUp(
  first: OpenTunnel,
  open: (options: { signal: AbortSignal; clock?: Clock }) => Promise<OpenTunnel>,
): { close: () => Promise<void> } {
  const stop = new AbortController()
  const kept = first.ended.then(async (why) => {
    if (!why) return
    const { keepTunnel } = await import('../remote/tunnel/keep.js')
    await keepTunnel({ clock: clientClock, signal: stop.signal, open, onState: () => {} }).catch(() => {})
  })
  return {
    async close() {
      stop.abort()
      await first.close()
      await kept
    },
  }
}

/** A gateway of this machine on the port where the tunnel should end is not the remote one. */
async function refuseOwn({ instance, target }: FoundGateway, { localPort }: TunnelPlan): Promise<void> {
  const record = (await readRunFiles(instance.paths)).find(({ port }) => port === localPort)
  if (!record) return
  const answer = await probe('127.0.0.1', localPort, record.scheme, lookMs)
  if (answer.kind === 'gateway' && answer.instanceId === record.instanceId) {
    throw unreachable('other_gateway', target.display, record.profile)
  }
}

/** True when something on this machine takes connections on the port. */
export function accepts(port: number, limitMs = lookMs): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', signal: AbortSignal.timeout(limitMs) })
    socket.once('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

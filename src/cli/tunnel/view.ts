import { readGatewayConfig } from '../../client/gateway-config.js'
import type { ClientFlags } from '../../client/open.js'
import { findGateway } from '../../client/open.js'
import type { Probe } from '../../client/probe.js'
import { accepts } from '../../client/through-tunnel.js'
import { configSource } from '../../config/source.js'
import { GatewayError } from '../../kernel/errors.js'
import { openTunnelService, type TunnelService } from '../../remote/tunnel/open-service.js'
import type { TunnelPlan } from '../../remote/tunnel/plan.js'
import { readTunnelRecord, type TunnelRecord } from '../../remote/tunnel/state-file.js'
import { isOwn } from '../../service/apply.js'
import type { ServiceState } from '../../service/types.js'
import type { CommandContext } from '../context.js'

export interface TunnelView {
  readonly plan: TunnelPlan
  readonly service: TunnelService
  readonly installed: 'no' | 'own' | 'other'
  readonly state: ServiceState | undefined
  /** A `tunnel run` that lives. */
  readonly run: TunnelRecord | undefined
  /** Something takes connections at the local end. */
  readonly listening: boolean
  readonly probe: Probe | undefined
  /** Why the gateway does not answer through it. */
  readonly failure: GatewayError | undefined
}

/** Looks at a tunnel: who keeps it, does its port answer, is that a gateway. Opens no tunnel. */
export async function viewTunnel(context: CommandContext, plan: TunnelPlan, flags: ClientFlags): Promise<TunnelView> {
  const instance = await context.instance()
  const [service, run, listening] = await Promise.all([
    openTunnelService(instance, context.env),
    readTunnelRecord(instance.paths),
    accepts(plan.localPort),
  ])
  const { manager, missing, owner } = service
  const text = await manager?.installed()
  const installed = !manager || text === undefined ? 'no' : (await isOwn(manager, owner)) ? 'own' : 'other'
  const state = installed === 'own' && missing === undefined ? await manager?.state() : undefined
  const asked = listening ? await ask(context, flags) : {}
  return { plan, service, installed, state, run, listening, probe: undefined, failure: undefined, ...asked }
}

async function ask(
  context: CommandContext,
  flags: ClientFlags,
): Promise<Partial<Pick<TunnelView, 'probe' | 'failure'>>> {
  const instance = await context.instance()
  const config = await readGatewayConfig(configSource(instance))
  // The tunnel is there whatever the mode says.
  const remote = { ...config, gateway: { ...config.gateway, mode: 'remote' as const } }
  try {
    return { probe: await (await findGateway({ instance, config: remote, flags, purpose: 'probe' })).probe() }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { failure: error }
  }
}

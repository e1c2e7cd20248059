import type { Config } from '../../schemas/config/index.js'
import { type ClientFlags, defaultTimeoutMs, type FoundGateway, findGateway } from '../client/open.js'
import type { Probe } from '../client/probe.js'
import { GatewayError } from '../kernel/errors.js'
import type { CommandContext } from './context.js'
import { withPassage } from './passage.js'

/** What a gateway says of itself, or why it says nothing. */
export interface GatewayLook {
  readonly client: FoundGateway
  /** Undefined when it did not answer; then `failure` says why. */
  readonly probe: Probe | undefined
  readonly failure: GatewayError | undefined
}

export interface LookOptions {
  /** False: find the gateway but do not ask it. */
  readonly ask?: boolean
  /** False: an address of the command line or the environment needs a credential of its own. */
  readonly strangersMayLook?: boolean
}

const outcomes: ReadonlySet<string> = new Set(['gateway_unreachable', 'tunnel_failed'])

/** Looks at the gateway that the flags and the config name. One that does not answer is an outcome, not an error. */
export async function lookAtGateway(
  context: CommandContext,
  config: Config,
  flags: ClientFlags,
  { ask = true, strangersMayLook = true }: LookOptions = {},
): Promise<GatewayLook> {
  const { instance, out, t } = context
  const client = await findGateway({ instance: await instance(), config, flags, purpose: 'probe' })
  const foreign = client.target.source === 'url' || client.target.source === 'env'
  if (foreign && !client.credential && !strangersMayLook) throw new GatewayError('credentials_required')
  if (client.target.warning) out.note(t('client.remoteWithoutUrl'))
  if (client.credentialProblem) out.note(`[openclaw] ${client.credentialProblem}`)
  try {
    if (!ask) return { client, probe: undefined, failure: undefined }
    const reached = await withPassage(context, client, config, flags.timeout ?? defaultTimeoutMs)
    return { client: reached, probe: await reached.probe(), failure: undefined }
  } catch (error) {
    if (!(error instanceof GatewayError) || !outcomes.has(error.code)) throw error
    return { client, probe: undefined, failure: error }
  }
}

/** The same for programs. */
export function gatewayJson({ client, probe, failure }: GatewayLook) {
  const { details } = probe ?? {}
  return {
    url: client.target.display,
    urlSource: client.target.source,
    reachable: probe !== undefined,
    ready: probe?.ready ?? false,
    ...(probe && {
      failing: probe.failing,
      latencyMs: probe.latencyMs,
      identity: probe.identity,
      instanceId: probe.instanceId,
      version: probe.version,
      uptimeMs: details?.uptimeMs,
      profile: details?.profile,
      config: details?.config,
      eventLoop: details?.eventLoop,
      turns: details?.turns,
      memory: details?.memory,
    }),
    ...(failure && { error: { kind: failure.details?.kind, message: failure.message } }),
  }
}

import type { Config } from '../../schemas/config/index.js'
import { type ClientFlags, type GatewayClient, openClient } from '../client/open.js'
import type { Probe } from '../client/probe.js'
import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { LoadedConfig } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { rawPort } from '../setup/profiles.js'
import type { CommandContext } from './context.js'

/** What the commands that look at a gateway know of it. */
export interface GatewayView {
  readonly instance: Instance
  readonly loaded: LoadedConfig
  /** As far as the file could be read. */
  readonly config: Config
  readonly client: GatewayClient
  /** Undefined when it did not answer; then `failure` says why. */
  readonly probe: Probe | undefined
  readonly failure: GatewayError | undefined
}

export interface ViewOptions {
  /** False: do not ask the gateway. */
  readonly look?: boolean
  /** False: an address of the command line or the environment needs a credential of its own. */
  readonly strangersMayLook?: boolean
}

/** Reads the config and looks at the gateway. A gateway that does not answer is part of the view, not an error. */
export async function viewGateway(
  context: CommandContext,
  flags: ClientFlags,
  { look = true, strangersMayLook = true }: ViewOptions = {},
): Promise<GatewayView> {
  const instance = await context.instance()
  const loaded = await loadConfig(configSource(instance))
  const config = loaded.ok ? loaded.config : salvage(loaded)
  const client = await openClient({ instance, config, flags, purpose: 'probe' })
  const foreign = client.target.source === 'url' || client.target.source === 'env'
  if (foreign && !client.credential && !strangersMayLook) throw new GatewayError('credentials_required')
  if (client.target.warning) context.out.note(context.t('client.remoteWithoutUrl'))
  if (client.credentialProblem) context.out.note(`[openclaw] ${client.credentialProblem}`)
  try {
    const probe = look ? await client.probe() : undefined
    return { instance, loaded, config, client, probe, failure: undefined }
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'gateway_unreachable') throw error
    return { instance, loaded, config, client, probe: undefined, failure: error }
  }
}

/** A broken file still says where its gateway is meant to listen. */
function salvage(loaded: LoadedConfig): Config {
  const port = rawPort(loaded)
  return port === undefined ? {} : { gateway: { port } }
}

/** The facts of a view for programs. */
export function gatewayJson({ client, probe, failure }: GatewayView) {
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

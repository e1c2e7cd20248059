import type { Config } from '../../../schemas/config/index.js'
import { configSource } from '../../config/source.js'
import { resolveInstance } from '../../instance/resolve.js'
import type { Instance } from '../../instance/types.js'
import { planOf } from '../../remote/tunnel/plan.js'
import { parseSshTarget, showSshTarget } from '../../remote/tunnel/target.js'
import { readProfiles } from '../../setup/profiles.js'
import { readGatewayConfig } from '../gateway-config.js'
import { type ClientFlags, type FoundGateway, findGateway } from '../open.js'
import { recordAddress } from '../record-address.js'
import { type OwnedOptions, ownedTunnel } from '../through-tunnel.js'
import type { Way } from './types.js'

export interface SurveyInput {
  readonly instance: Instance
  readonly config: Config
  readonly flags: ClientFlags
  /** `--ssh user@host[:port]`: the gateway of that machine. */
  readonly ssh?: string | undefined
  readonly sshIdentity?: string | undefined
  /** For ssh, in milliseconds. */
  readonly tunnelMs: number
  /** Takes the tunnels, which are closed when the survey is over. */
  readonly owns: OwnedOptions['owns']
}

type Find = Way['find']

/** Every way from here to a gateway. A secret belongs to one way: that of a flag to the address of the flag, and so on. */
export async function findWays(input: SurveyInput): Promise<Way[]> {
  const { instance, config, flags } = input
  const { mode, remote } = config.gateway ?? {}
  const explicit = flags.url !== undefined || flags.port !== undefined
  const ways: Way[] = []
  const add = (kind: Way['kind'], display: string, active: boolean, find: Find, id: string = kind) =>
    void ways.push({ id, kind, display, active, find })
  const none: ClientFlags = {}
  if (explicit) {
    add('explicit', flags.url ?? `port ${flags.port}`, true, () => probeOf(instance, config, flags))
  }
  const plan = planOf(remote, instance.paths.home)
  const asRemote = asMode(config, 'remote')
  // The secret of the flag is for the gateway that is meant, which is the remote one when no address is given.
  const secret: ClientFlags = explicit ? none : flags
  if (input.ssh !== undefined) {
    const target = showSshTarget(parseSshTarget(input.ssh, '--ssh'))
    const overSsh = sshConfig(asRemote, target, input.sshIdentity)
    add('sshTunnel', `ssh ${target}`, !explicit, () => tunnelled(instance, overSsh, secret, input))
  } else if (plan) {
    add('sshTunnel', `ssh ${showSshTarget(plan.target)}`, mode === 'remote' && !explicit, () =>
      tunnelled(instance, asRemote, secret, input),
    )
  }
  if (remote?.url !== undefined && !(plan && input.ssh === undefined)) {
    add('configRemote', remote.url, mode === 'remote' && !explicit, () => probeOf(instance, asRemote, secret))
  }
  const local = asMode(config, 'local')
  const isActive = mode !== 'remote' && !explicit && input.ssh === undefined
  add('localLoopback', 'this profile', isActive, () => probeOf(withoutUrl(instance), local, isActive ? secret : none))
  return [...ways, ...(await otherProfiles(instance))]
}

/** The other gateways of this machine that run, each with the secret of its own config. */
async function otherProfiles(instance: Instance): Promise<Way[]> {
  const profiles = await readProfiles(instance)
  return profiles.flatMap(({ profile, current, record, state, configPath }): Way[] => {
    if (current || !record) return []
    const find = async (): Promise<FoundGateway> => {
      const env = { HOME: instance.paths.home, OPENCLAW_STATE_DIR: state, OPENCLAW_CONFIG_PATH: configPath }
      const other = await resolveInstance({ flags: { profile }, env, cwd: state })
      return probeOf(other, asMode(await readGatewayConfig(configSource(other)), 'local'), {})
    }
    const { display } = recordAddress(record)
    return [{ id: `profile:${profile}`, kind: 'localProfile', display, active: false, find }]
  })
}

function probeOf(instance: Instance, config: Config, flags: ClientFlags): Promise<FoundGateway> {
  return findGateway({ instance, config, flags, purpose: 'probe' })
}

async function tunnelled(
  instance: Instance,
  config: Config,
  { token, password, tlsFingerprint, timeout }: ClientFlags,
  { tunnelMs, owns, ssh }: SurveyInput,
): Promise<FoundGateway> {
  const flags = { token, password, tlsFingerprint, timeout }
  const found = await probeOf(withoutUrl(instance), config, flags)
  return ownedTunnel(found, config, { limitMs: tunnelMs, owns, fresh: ssh !== undefined })
}

function asMode(config: Config, mode: 'local' | 'remote'): Config {
  return { ...config, gateway: { ...config.gateway, mode } }
}

/** `OPENCLAW_GATEWAY_URL` would go before the address that is meant here. */
function withoutUrl(instance: Instance): Instance {
  return { ...instance, settings: { ...instance.settings, url: undefined } }
}

/** The remote section for `--ssh`: its port stays, its address is the local end of the tunnel. */
function sshConfig(config: Config, sshTarget: string, sshIdentity: string | undefined): Config {
  const { url: _url, transport: _transport, ...rest } = config.gateway?.remote ?? {}
  const remote = { ...rest, sshTarget, ...(sshIdentity !== undefined && { sshIdentity }) }
  return { ...config, gateway: { ...config.gateway, remote } }
}

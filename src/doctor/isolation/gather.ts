import { realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Config } from '../../../schemas/config/index.js'
import { agentRoster } from '../../agents/select.js'
import { workspaceOf } from '../../agents/workspace/folder.js'
import { loadConfig } from '../../config/load.js'
import { portsFrom } from '../../instance/ports.js'
import { resolveInstance } from '../../instance/resolve.js'
import type { Instance, PortPlan } from '../../instance/types.js'
import { expandHome } from '../../kernel/expand-home.js'
import type { ProfileFacts } from '../../setup/profiles.js'
import { foreignVariables } from './processes.js'
import { ownedSecrets } from './secrets.js'
import type { Owned, ProfileOwnership } from './types.js'

/** What one profile owns, read from its files without starting or changing anything. */
export async function ownershipOf(instance: Instance, facts: ProfileFacts, salt: Buffer): Promise<ProfileOwnership> {
  const { paths, env } = await worldOf(instance, facts)
  const loaded = await loadConfig({ path: facts.configPath, env, includeRoots: [] })
  const config: Config = loaded.ok ? loaded.config : {}
  const ports = portsFrom(facts.port, facts.portSource)
  const unknown = loaded.ok || !loaded.exists ? [] : ['config']
  const owned = [
    await file('config', facts.configPath, 'OPENCLAW_CONFIG_PATH'),
    await folder('state', facts.state, 'OPENCLAW_STATE_DIR'),
    ...(await workspaces(paths, config)),
    port('port', ports.base, 'gateway.port'),
    port('control-port', ports.browserControl, 'gateway.port'),
    ...webhookPorts(config, ports),
    ...browsers(config),
    await folder('log', config.logging?.file ?? join(paths.logDir, paths.logPrefix), 'logging.file'),
    ...(await whatsappLogins(paths, config)),
    ...ownedSecrets(config, env, salt),
    ...(await foreignVariables(facts)),
  ]
  return { profile: facts.profile, cdpRange: [ports.cdpFirst, ports.cdpLast], owned, unknown }
}

type Paths = Instance['paths']

/** Paths and variables of a profile: its own `.env`, nothing of the caller's. */
async function worldOf(
  instance: Instance,
  { profile, state, current }: ProfileFacts,
): Promise<Pick<Instance, 'paths' | 'env'>> {
  if (current) return instance
  const { home } = instance.paths
  const { paths, env } = await resolveInstance({ flags: { profile }, env: { HOME: home }, cwd: state })
  return { paths: { ...paths, state, credentials: join(state, 'credentials') }, env }
}

/** Two names of one file are one file: by its inode where it is there. */
async function file(kind: Owned['kind'], path: string, fix: string): Promise<Owned> {
  const found = await stat(path).catch(() => undefined)
  const value = found ? `${found.dev}:${found.ino}` : resolve(path)
  return { kind, value, shown: path, fix }
}

async function folder(kind: Owned['kind'], path: string, fix: string): Promise<Owned> {
  return { kind, value: await realpath(path).catch(() => resolve(path)), shown: path, fix }
}

function workspaces(paths: Paths, config: Config): Promise<Owned[]> {
  return Promise.all(
    agentRoster(config).ids.map((id) => {
      const key = config.agents?.entries?.[id]?.workspace
        ? `agents.entries.${id}.workspace`
        : 'agents.defaults.workspace'
      return folder('workspace', workspaceOf(paths, config, id), key)
    }),
  )
}

const port = (kind: Owned['kind'], number: number, fix: string): Owned => ({
  kind,
  value: String(number),
  shown: String(number),
  fix,
})

/** Ports that channels listen on and that do not follow from the base port (spec/runtime.md 14, 2). */
function webhookPorts({ channels = {} }: Config, { webhook }: PortPlan): Owned[] {
  const settings = channels as Record<string, Record<string, unknown> | undefined>
  const { telegram, signal, feishu } = settings
  const found: [key: string, port: unknown][] = []
  if (telegram?.webhookUrl && (telegram.webhookPort ?? webhook))
    found.push(['channels.telegram.webhookPort', telegram.webhookPort ?? webhook])
  if (signal && signal.enabled !== false && !signal.httpUrl) {
    found.push(['channels.signal.httpPort', signal.httpPort ?? 8080])
  }
  if (feishu?.connectionMode === 'webhook') found.push(['channels.feishu.webhookPort', feishu.webhookPort ?? 3000])
  return found.map(([key, number]) => port('webhook-port', Number(number), key))
}

function browsers({ browser = {} }: Config): Owned[] {
  const { cdpUrl, profiles = {} } = browser as {
    cdpUrl?: string
    profiles?: Record<string, { cdpPort?: number; cdpUrl?: string } | undefined>
  }
  const url = (value: string, fix: string): Owned => ({ kind: 'cdp', value, shown: withoutUser(value), fix })
  return [
    ...(cdpUrl ? [url(cdpUrl, 'browser.cdpUrl')] : []),
    ...Object.entries(profiles).flatMap(([name, profile]) => [
      ...(profile?.cdpPort ? [port('cdp', profile.cdpPort, `browser.profiles.${name}.cdpPort`)] : []),
      ...(profile?.cdpUrl ? [url(profile.cdpUrl, `browser.profiles.${name}.cdpUrl`)] : []),
    ]),
  ]
}

const withoutUser = (url: string) => url.replace(/\/\/[^@/]*@/, '//').replace(/\?.*$/, '')

/** Only where WhatsApp is set up. */
function whatsappLogins(paths: Paths, { channels = {} }: Config): Promise<Owned[]> {
  const { whatsapp } = channels as { whatsapp?: { authDir?: string; accounts?: Record<string, { authDir?: string }> } }
  if (!whatsapp) return Promise.resolve([])
  const accounts: [key: string, dir: string | undefined, id: string][] = Object.entries(whatsapp.accounts ?? {}).map(
    ([id, { authDir }]) => [`channels.whatsapp.accounts.${id}.authDir`, authDir, id],
  )
  if (accounts.length === 0) accounts.push(['channels.whatsapp.authDir', whatsapp.authDir, 'default'])
  return Promise.all(
    accounts.map(([key, dir, id]) => {
      const path = dir ? resolve(paths.state, expandHome(dir, paths.home)) : join(paths.credentials, 'whatsapp', id)
      return folder('whatsapp-login', path, key)
    }),
  )
}

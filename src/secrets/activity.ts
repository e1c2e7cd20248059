import type { Config } from '../../schemas/config/index.js'
import type { Path } from '../config/json5/node.js'
import { getAt } from '../config/tree.js'
import type { Surface } from './types.js'

/**
 * Why nothing uses the secret at `path`; undefined when something does. What is off is not asked for, so that a broken
 * reference of an unused part harms nobody (spec/config.md section 5.6).
 */
export function whyInactive(config: Config, path: Path, surface: Surface): string | undefined {
  const [top, second, third] = path.map(String)
  switch (top) {
    case 'gateway':
      return second === 'auth' ? gatewayAuth(config, String(third)) : remote(config, surface)
    case 'channels':
      return channel(config, path)
    case 'tools':
      return webSearch(config, path)
    case 'agents':
      return sandbox(config, path)
    case 'skills':
      return off(config, path.slice(0, 3))
    case 'plugins':
      return off(config, ['plugins']) ?? off(config, path.slice(0, 3))
    case 'cron':
      return off(config, ['cron'])
    case 'hooks':
      return hook(config, path)
    case 'memory':
      return off(config, ['memory', 'search'])
    default:
      return undefined
  }
}

function gatewayAuth(config: Config, kind: string): string | undefined {
  const mode = config.gateway?.auth?.mode
  if (mode === undefined || mode === kind) return undefined
  // Behind a proxy the password still lets in who comes without it (spec/config.md section 6.1).
  if (mode === 'trusted-proxy' && kind === 'password') return undefined
  return `gateway.auth.mode is ${mode}`
}

function remote(config: Config, surface: Surface): string | undefined {
  if (surface === 'server') return 'only clients use it'
  const { mode, remote: settings, tailscale } = config.gateway ?? {}
  const used = mode === 'remote' || settings?.url !== undefined || (tailscale?.mode ?? 'off') !== 'off'
  return used ? undefined : 'there is no remote gateway'
}

function channel(config: Config, path: Path): string | undefined {
  const isAccount = path[2] === 'accounts'
  return off(config, path.slice(0, 2)) ?? (isAccount ? off(config, path.slice(0, 4)) : undefined)
}

function webSearch(config: Config, path: Path): string | undefined {
  const section = ['tools', 'web', 'search']
  const provider = config.tools?.web?.search?.provider
  const own = path.length > 4 ? String(path[3]) : undefined
  if (own !== undefined && provider !== undefined && provider !== own) return `tools.web.search.provider is ${provider}`
  return off(config, section)
}

function sandbox(config: Config, path: Path): string | undefined {
  const own = getAt(config, [...path.slice(0, path.indexOf('sandbox') + 1), 'backend'])
  const backend = own ?? config.agents?.defaults?.sandbox?.backend
  return backend === 'ssh' ? undefined : 'the sandbox backend is not ssh'
}

function hook({ hooks }: Config, [, second, , name]: Path): string | undefined {
  if (second !== 'internal') return hooks?.enabled === true ? undefined : 'hooks.enabled is off'
  if (hooks?.internal?.enabled !== true) return 'hooks.internal.enabled is off'
  return hooks.internal.entries?.[String(name)]?.enabled === false ? `the hook ${name} is off` : undefined
}

function off(config: Config, section: Path): string | undefined {
  return getAt(config, [...section, 'enabled']) === false ? `${section.join('.')} is off` : undefined
}

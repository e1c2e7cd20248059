import { type HookMapping, hookPresets, isHookPreset, isOwnDoor } from '../../../schemas/config/hook-mapping.js'
import type { Config } from '../../../schemas/config/index.js'
import type { Path } from '../json5/node.js'
import type { Report } from './report.js'

/** Prefixes of doors that hooks may not take over. */
const taken = [
  '/v1',
  '/rpc',
  '/tools',
  '/api',
  '/docs',
  '/metrics',
  '/health',
  '/healthz',
  '/livez',
  '/ready',
  '/readyz',
]

/** Rules of `hooks` (spec/runtime.md section 7). What equals the secret of the gateway is refused at its start. */
export function hookRules({ hooks }: Config, report: Report): void {
  if (!hooks) return
  const path = hooks.path?.replace(/\/+$/, '')
  if (path !== undefined && taken.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)))
    report.error(['hooks', 'path'], `The gateway itself serves ${path}. Use another prefix, e.g. /hooks.`)
  if (hooks.enabled === true && (hooks.token ?? '').trim() === '')
    report.warn(['hooks', 'token'], 'Hooks stay off until hooks.token is set. Make one: openssl rand -hex 24')
  for (const [index, name] of (hooks.presets ?? []).entries()) {
    if (!isHookPreset(name))
      report.warn(['hooks', 'presets', index], `There is no preset "${name}". Known: ${hookPresets.join(', ')}.`)
  }
  for (const [index, mapping] of (hooks.mappings ?? []).entries()) {
    mappingRules(mapping, ['hooks', 'mappings', index], report)
  }
}

function mappingRules({ match, signature, to, channel, transform }: HookMapping, path: Path, report: Report): void {
  const name = match?.path?.replace(/^\/+|\/+$/g, '')
  if (name !== undefined && isOwnDoor(name))
    report.warn([...path, 'match', 'path'], `/hooks/${name} has a meaning of its own; no mapping is asked.`)
  if (signature && signature.secret === undefined)
    report.warn([...path, 'signature'], 'Without signature.secret no signature is right: calls are refused.')
  if (to !== undefined && channel === undefined)
    report.warn([...path, 'to'], 'Without channel the answer goes to no chat.')
  if (to !== undefined && channel === 'last')
    report.warn([...path, 'to'], 'The channel last has no recipient of another name: calls are refused.')
  if (transform && transform.module === undefined)
    report.warn([...path, 'transform'], 'Without transform.module every call fails.')
}

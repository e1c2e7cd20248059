import type { Config } from '../../../schemas/config/index.js'
import type { Path } from '../json5/node.js'
import { isTree } from '../tree.js'
import type { Report } from './report.js'

export function channelRules(config: Config, report: Report): void {
  for (const [id, channel] of Object.entries(config.channels ?? {})) {
    openNeedsStar(channel, ['channels', id], report)
    const accounts = 'accounts' in channel ? channel.accounts : undefined
    for (const [name, account] of Object.entries(accounts ?? {})) {
      openNeedsStar(account, ['channels', id, 'accounts', name], report)
    }
  }
  roundedIds(config.channels, ['channels'], report)
  roundedIds(config.bindings, ['bindings'], report)
  roundedIds(config.commands, ['commands'], report)
  roundedIds(config.tools?.elevated, ['tools', 'elevated'], report)
}

function openNeedsStar(channel: unknown, path: Path, report: Report): void {
  if (!isTree(channel) || channel.dmPolicy !== 'open') return
  if (Array.isArray(channel.allowFrom) && channel.allowFrom.includes('*')) return
  report.warn([...path, 'dmPolicy'], 'dmPolicy "open" needs allowFrom ["*"]; without it nobody is let in.')
}

/** JSON numbers above 2^53 lose digits, so a long id written as a number names somebody else. */
function roundedIds(value: unknown, path: Path, report: Report): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value))
    report.error(path, 'This id is too long for a number and has lost digits. Put it in quotes.')
  else if (Array.isArray(value)) value.map((item, index) => roundedIds(item, [...path, index], report))
  else if (isTree(value)) Object.entries(value).map(([key, inner]) => roundedIds(inner, [...path, key], report))
}

import type { Config } from '../../../schemas/config/index.js'
import type { Path } from '../json5/node.js'
import { isTree, type Tree } from '../tree.js'
import type { Report } from './report.js'

/** Lists of senders that will not do what their writer meant (spec/runtime.md 1.2). */
export function accessRules(config: Config, report: Report): void {
  const sets = new Set(Object.keys(config.accessGroups ?? {}))
  for (const [id, section] of Object.entries<unknown>(config.channels ?? {})) {
    if (!isTree(section) || id === 'defaults') continue
    const accounts = isTree(section.accounts) ? Object.entries(section.accounts) : []
    check(id, section, ['channels', id], report)
    for (const [name, own] of accounts) {
      if (isTree(own)) check(id, own, ['channels', id, 'accounts', name], report, section)
    }
    unknownSets(section, ['channels', id], sets, report)
  }
}

function check(channel: string, keys: Tree, path: Path, report: Report, below: Tree = {}): void {
  const { dmPolicy = below.dmPolicy, allowFrom = below.allowFrom } = keys
  const listed = Array.isArray(allowFrom) && allowFrom.length > 0
  if (keys.dmPolicy === 'allowlist' && !listed) {
    report.warn(
      [...path, 'dmPolicy'],
      'dmPolicy "allowlist" needs allowFrom; without it only approved pairings are let in.',
    )
  }
  if (channel === 'qqbot' && dmPolicy === undefined && !listed && keys.enabled !== false) {
    report.warn(path, 'Everybody who finds this QQ bot may write to it. Set dmPolicy to "pairing" to be asked first.')
  }
  if (channel === 'telegram')
    for (const key of ['allowFrom', 'groupAllowFrom']) telegramIds(keys[key], [...path, key], report)
}

/** Names can be given to somebody else, so they match nobody. */
function telegramIds(list: unknown, path: Path, report: Report): void {
  if (!Array.isArray(list)) return
  for (const [index, entry] of list.entries()) {
    const id = String(entry)
      .trim()
      .replace(/^(?:telegram|tg):/i, '')
      .trim()
    if (id.startsWith('-')) report.warn([...path, index], `${id} is a group. Groups are named as keys of "groups".`)
    else if (id.startsWith('@') || /^[a-z]\w*$/i.test(id)) {
      report.warn(
        [...path, index],
        `"${id}" matches nobody: Telegram names change hands. Use the number, which the bot tells whoever writes to it.`,
      )
    }
  }
}

function unknownSets(value: unknown, path: Path, sets: ReadonlySet<string>, report: Report): void {
  if (typeof value === 'string') {
    const name = /^\s*accessGroup:(.*)$/s.exec(value)?.[1]?.trim()
    if (name !== undefined && !sets.has(name)) {
      report.warn(path, `There is no accessGroups.${name}; this entry lets nobody in.`)
    }
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) unknownSets(item, [...path, index], sets, report)
  } else if (isTree(value))
    for (const [key, inner] of Object.entries(value)) unknownSets(inner, [...path, key], sets, report)
}

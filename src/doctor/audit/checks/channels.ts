import { agentRoster } from '../../../agents/select.js'
import { isTree } from '../../../config/tree.js'
import { channelScopes } from '../open-policies.js'
import { type AuditCheck, type AuditFinding, finding } from '../types.js'

const check: AuditCheck = ({ config, open }) => {
  const findings: AuditFinding[] = []
  for (const { path, channel, settings } of channelScopes(config)) {
    const senders = Array.isArray(settings.allowFrom) ? settings.allowFrom : []
    if (settings.dmPolicy === 'open') {
      findings.push(
        senders.includes('*')
          ? finding(
              `channels.${channel}.dm.open`,
              'critical',
              'Anybody may write to the agent',
              `${path}.dmPolicy is open.`,
              `Set ${path}.dmPolicy to "pairing".`,
            )
          : finding(
              `channels.${channel}.dm.open_invalid`,
              'warn',
              'The policy is open and lets nobody in',
              `${path}.dmPolicy is open without "*" in allowFrom.`,
              `Set ${path}.dmPolicy to "allowlist".`,
            ),
      )
    }
    const others = senders.filter((one) => one !== '*').length > 1 || senders.includes('*')
    if (others && (config.session?.dmScope ?? 'main') === 'main') {
      findings.push(
        finding(
          `channels.${channel}.dm.scope_main_multiuser`,
          'warn',
          'People share one conversation',
          `${path} lets several people in and session.dmScope is main: each sees what the agent remembers of the others.`,
          'Set session.dmScope to "per-channel-peer".',
        ),
      )
    }
  }
  return [...findings, ...exposure(config, open), ...manyUsers(config, open)]
}

type Context = Parameters<AuditCheck>[0]

/** What strangers reach through an open group. */
function exposure(config: Context['config'], open: Context['open']): AuditFinding[] {
  const { tools = {}, agents = {} } = config
  const places = [...open.groups, ...open.direct]
  if (places.length === 0) return []
  const walled = (agents.defaults?.sandbox?.mode ?? 'off') !== 'off'
  const profile = tools.profile
  const deny = tools.deny ?? []
  const usable = (...names: string[]) =>
    profile !== 'minimal' && profile !== 'messaging' && !names.some((name) => deny.includes(name))
  const list = places.join(', ')
  const fix = 'Set groupPolicy to "allowlist" and dmPolicy to "pairing" (openclaw security audit --fix does the first).'
  const rows: [boolean, string, AuditFinding['severity'], string][] = [
    [
      open.groups.length > 0 &&
        tools.elevated?.enabled !== false &&
        Object.keys(tools.elevated?.allowFrom ?? {}).length > 0,
      'open_groups_with_elevated',
      'critical',
      'Strangers in groups may reach commands outside the sandbox',
    ],
    [
      open.groups.length > 0 && !walled && usable('exec', 'group:runtime', 'group:fs'),
      'open_groups_with_runtime_or_fs',
      'critical',
      'Strangers in groups may reach commands and files',
    ],
    [
      open.groups.length > 0 && usable('gateway', 'cron', 'group:automation'),
      'open_groups_with_control_plane_tools',
      'warn',
      'Strangers in groups may reach the control plane',
    ],
    [
      open.direct.length > 0 && !walled && usable('exec', 'group:runtime'),
      'open_channels_with_exec',
      'warn',
      'Strangers may reach commands',
    ],
  ]
  return rows.flatMap(([applies, id, severity, title]) =>
    applies ? [finding(`security.exposure.${id}`, severity, title, `Open: ${list}.`, fix)] : [],
  )
}

function manyUsers(config: Context['config'], open: Context['open']): AuditFinding[] {
  const agents = agentRoster(config).ids.length
  const channels = Object.values(config.channels ?? {}).filter((one) => isTree(one) && one.enabled !== false).length
  if (open.groups.length + open.direct.length === 0 || channels === 0) return []
  const detail = `${agents} agents serve people who do not trust each other. One gateway is one circle of trust.`
  return [
    finding(
      'security.trust_model.multi_user_heuristic',
      'warn',
      'Many people, one gateway',
      detail,
      'Give each circle a profile of its own: openclaw profiles list',
    ),
  ]
}

export default check

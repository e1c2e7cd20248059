import type { Scope } from '../auth/types.js'

/**
 * Who may see an event: null is every authenticated peer. What is not listed here is delivered to nobody
 * (spec/protocol.md section 3). `*` stands for the rest of a name.
 */
const rules: Readonly<Record<string, Scope | null>> = {
  tick: null,
  shutdown: null,
  health: null,
  heartbeat: null,
  'update.available': null,
  'gateway.suspension': null,
  agent: 'operator.read',
  chat: 'operator.read',
  'chat.metadata.changed': 'operator.read',
  'chat.send_timing': 'operator.read',
  'chat.side_result': 'operator.read',
  cron: 'operator.read',
  presence: 'operator.read',
  task: 'operator.read',
  'config.changed': 'operator.read',
  'skills.changed': 'operator.read',
  'voicewake.changed': 'operator.read',
  'voicewake.routing.changed': 'operator.read',
  'node.presence': 'operator.read',
  'node.hostStats': 'operator.read',
  'node.runnerInventory.changed': 'operator.read',
  'sessions.changed': 'operator.read',
  'session.message': 'operator.read',
  'session.tool': 'operator.read',
  'exec.approval.*': 'operator.approvals',
  'plugin.approval.*': 'operator.approvals',
  'session.approval': 'operator.approvals',
  'question.*': 'operator.questions',
  'device.pair.*': 'operator.pairing',
  'node.pair.*': 'operator.pairing',
}

/** The scope that an event needs, null for none; undefined when the event is for nobody. */
export function eventScope(name: string): Scope | null | undefined {
  return rules[name] ?? (name in rules ? null : rules[name.replace(/\.[^.]+$/, '.*')])
}

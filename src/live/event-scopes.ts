import type { Scope } from '../auth/types.js'

/**
 * Every event that sockets may get and the scope that it needs; null is every authenticated peer, whatever its role.
 * What is not listed is delivered to nobody (spec/protocol.md section 3).
 */
export const eventScopes: Readonly<Record<string, Scope | null>> = Object.freeze({
  tick: null,
  shutdown: null,
  health: null,
  heartbeat: null,
  agent: 'operator.read',
  chat: 'operator.read',
  cron: 'operator.read',
  presence: 'operator.read',
  'config.changed': 'operator.read',
  'sessions.changed': 'operator.read',
  'session.message': 'operator.read',
  'device.pair.requested': 'operator.pairing',
  'device.pair.resolved': 'operator.pairing',
  'device.pair.changed': 'operator.pairing',
  'node.pair.requested': 'operator.pairing',
  'node.pair.resolved': 'operator.pairing',
  'exec.approval.requested': 'operator.approvals',
  'exec.approval.resolved': 'operator.approvals',
})

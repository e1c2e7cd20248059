import type { HelloOk } from '../../schemas/ws/connect.js'

export type Capability =
  | 'admin-capable'
  | 'write-capable'
  | 'read-only'
  | 'pairing-pending'
  | 'connected-no-operator-scope'
  | 'unknown'

/** How far a login opens the control plane, in the words of the official tool (spec/cli.md 2.4). */
export function capabilityOf(hello: HelloOk | undefined): Capability {
  if (!hello) return 'unknown'
  const { scopes } = hello.auth
  if (scopes.includes('operator.admin')) return 'admin-capable'
  if (scopes.includes('operator.write')) return 'write-capable'
  return scopes.includes('operator.read') ? 'read-only' : 'connected-no-operator-scope'
}

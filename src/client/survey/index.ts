import { GatewayError } from '../../kernel/errors.js'
import { type Capability, capabilityOf } from '../capability.js'
import { dial } from '../dial.js'
import type { FoundGateway } from '../open.js'
import { isLoopback } from '../plaintext.js'
import type { Seen, Way, WayKind } from './types.js'

export interface Warning {
  readonly code:
    | 'multiple_gateways'
    | 'ssh_tunnel_failed'
    | 'auth_secretref_unresolved'
    | 'probe_scope_limited'
    | 'target_refused'
  readonly message: string
  readonly targetIds: readonly string[]
  /** What the message is filled with. */
  readonly values: Readonly<Record<string, string>>
}

/** One gateway, however many ways lead to it (PAINS 9). */
export interface Identity {
  readonly instanceId: string
  readonly targetIds: readonly string[]
}

export interface Survey {
  readonly seen: readonly Seen[]
  readonly gateways: readonly Identity[]
  readonly warnings: readonly Warning[]
  /** The way that matters most of those that answered. */
  readonly primary: Seen | undefined
}

const order: readonly WayKind[] = ['explicit', 'sshTunnel', 'configRemote', 'localLoopback', 'localProfile']

/** Looks at all ways at once, each within the time limit. A way that ends nowhere is an outcome, not an error. */
export async function survey(ways: readonly Way[], limitMs: number): Promise<Survey> {
  const seen = await Promise.all(ways.map((way) => lookAt(way, limitMs)))
  const gateways = identities(seen)
  const answered = seen.filter(({ probe }) => probe !== undefined)
  const primary = order.flatMap((kind) => answered.filter(({ way }) => way.kind === kind)).at(0)
  return { seen, gateways, warnings: warningsOf(seen, gateways), primary }
}

async function lookAt(way: Way, limitMs: number): Promise<Seen> {
  const { id, kind, active, display } = way
  const started = performance.now()
  const base = { way: { id, kind, active }, probe: undefined, hello: undefined, capability: 'unknown' as Capability }
  const elapsed = () => Math.round(performance.now() - started)
  let found: FoundGateway | undefined
  try {
    found = await way.find()
    const probe = await found.probe()
    const login = await greet(found, limitMs, probe.ready)
    const facts = { url: found.target.display, credentialProblem: found.credentialProblem, elapsedMs: elapsed() }
    return { ...base, ...facts, probe, ...login }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const facts = { url: found?.target.display ?? display, credentialProblem: found?.credentialProblem }
    return { ...base, ...facts, failure: error, elapsedMs: elapsed() }
  }
}

/** Whether the secret opens the control plane. Elsewhere that would ask for a pairing, which a look must not do. */
async function greet(
  found: FoundGateway,
  limitMs: number,
  ready: boolean,
): Promise<Pick<Seen, 'hello' | 'capability' | 'failure'>> {
  const secret = found.credential !== undefined || found.withoutSecret
  if (!ready || !secret || !isLoopback(found.target.base.hostname))
    return { hello: undefined, capability: 'unknown', failure: undefined }
  try {
    const line = await dial(found, { scopes: ['operator.admin'], connectMs: limitMs })
    line.close()
    return { hello: line.hello, capability: capabilityOf(line.hello), failure: undefined }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const pending = error.details?.kind === 'pairing_required'
    return { hello: undefined, capability: pending ? 'pairing-pending' : 'unknown', failure: error }
  }
}

function identities(seen: readonly Seen[]): Identity[] {
  const byId = new Map<string, string[]>()
  for (const { probe, way } of seen) {
    if (probe?.instanceId === undefined) continue
    byId.set(probe.instanceId, [...(byId.get(probe.instanceId) ?? []), way.id])
  }
  return [...byId].map(([instanceId, targetIds]) => ({ instanceId, targetIds }))
}

function warningsOf(seen: readonly Seen[], gateways: readonly Identity[]): Warning[] {
  const warnings: Warning[] = []
  // Other profiles of this machine are meant to be others.
  const profiles = new Set(seen.filter(({ way }) => way.kind === 'localProfile').map(({ way }) => way.id))
  const meant = gateways.filter(({ targetIds }) => targetIds.some((id) => !profiles.has(id)))
  if (meant.length > 1) {
    const targetIds = meant.flatMap((one) => one.targetIds)
    const message = `Several different gateways answer: ${targetIds.join(', ')}.`
    warnings.push({ code: 'multiple_gateways', message, targetIds, values: { ids: targetIds.join(', ') } })
  }
  for (const { way, failure, credentialProblem, capability } of seen) {
    const { id } = way
    const say = (code: Warning['code'], why: string) =>
      warnings.push({ code, message: why, targetIds: [id], values: { id, why } })
    if (failure?.code === 'tunnel_failed') say('ssh_tunnel_failed', failure.message)
    else if (failure && failure.code !== 'gateway_unreachable') say('target_refused', failure.message)
    if (credentialProblem !== undefined) say('auth_secretref_unresolved', credentialProblem)
    if (capability === 'connected-no-operator-scope')
      say('probe_scope_limited', 'The secret may not read (operator.read).')
  }
  return warnings
}

import { type RunRecord, readRunFiles } from '../run-file.js'
import type { Instance } from '../types.js'
import { ownsPort, type PortOwner, portOwner, searchLimitMs } from './port-owner.js'
import { type Probe, probe, probeHost, probeLimitMs } from './probe.js'

/** Who has a port. */
export type Holder =
  /** A gateway of ours. Without a record it belongs to another home or user. */
  | { readonly kind: 'gateway'; readonly instanceId?: string; readonly record?: RunRecord; readonly owner?: PortOwner }
  /** Anybody else. `closed` when nobody answers at all. */
  | { readonly kind: 'other'; readonly closed: boolean; readonly owner?: PortOwner }

/**
 * Finds out who has a port: one probe, compared with the run-files of all profiles. A run-file alone proves nothing:
 * its gateway may be long gone. One that does not answer in time is ours only when the kernel says that the pid of
 * the run-file has the port. Takes little more than twice `probeMs`. Never rejects. `heard`: what a probe over http has just
 * been told, so that it is not asked again.
 */
export async function findHolder(
  paths: Instance['paths'],
  host: string,
  port: number,
  probeMs = probeLimitMs,
  heard?: Probe,
): Promise<Holder> {
  const records = (await readRunFiles(paths)).filter((record) => record.port === port)
  const scheme = records.some((record) => record.scheme === 'https') ? 'https' : 'http'
  const answer = scheme === 'http' && heard ? heard : await probe(probeHost(host), port, scheme, probeMs)
  const named = answer.kind === 'gateway' ? records.find((one) => one.instanceId === answer.instanceId) : undefined
  // Its run-file has the pid; looking through the processes of the machine takes longer than all the rest.
  if (answer.kind === 'gateway' && named) return { kind: 'gateway', instanceId: answer.instanceId, record: named }
  const owner = await portOwner(
    port,
    records.map((record) => record.pid),
    Math.max(probeMs, searchLimitMs),
  )
  if (answer.kind === 'gateway') return { kind: 'gateway', instanceId: answer.instanceId, owner }
  const busy = records.find((record) => record.pid === owner?.pid)
  if (answer.kind === 'silent' && busy) return { kind: 'gateway', record: busy, owner }
  return { kind: 'other', closed: answer.kind === 'closed', owner }
}

/**
 * True when it is safe to signal the pid of the run-file: the live answer has its instance id, and, where the kernel
 * can be asked, the pid has the port. A run-file of another container may name a pid that is somebody else here.
 */
export async function isConfirmed(holder: Holder, port: number): Promise<boolean> {
  if (holder.kind !== 'gateway' || !holder.record || holder.instanceId !== holder.record.instanceId) return false
  return (await ownsPort(holder.record.pid, port)) ?? true
}

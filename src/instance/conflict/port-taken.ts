import { GatewayError } from '../../kernel/errors.js'
import { commandFor } from '../profile.js'
import type { Instance } from '../types.js'
import type { Holder } from './holder.js'
import { probeHost } from './probe.js'

/** Distance between two gateways at which no derived port meets (spec/README.md 4). */
const spacing = 120
const maxPort = 65_535

/** The documented words for a gateway of ours, others for a foreign program. */
export function portTaken(instance: Instance, host: string, port: number, holder: Holder): GatewayError {
  const free = port + spacing <= maxPort ? port + spacing : port - spacing
  const elsewhere = `start this one elsewhere: ${commandFor(instance, `gateway --port ${free}`)}`
  const pid = (holder.kind === 'gateway' ? holder.record?.pid : undefined) ?? holder.owner?.pid
  const details = { host, port, owner: holder.kind, ...(pid === undefined ? {} : { pid }) }
  if (holder.kind === 'other') {
    const who = holder.owner ? ` (pid ${holder.owner.pid}, ${holder.owner.command})` : ''
    const message = `port ${port} on ${probeHost(host)} is used by another program${who}. Stop it, or ${elsewhere}`
    return new GatewayError('port_taken', { message, details })
  }
  const { record } = holder
  const facts = [record && `profile "${record.profile}"`, pid !== undefined && `pid ${pid}`].filter(Boolean).join(', ')
  const stop = record ? `Stop it with "${commandFor(record, 'gateway stop')}"` : 'Stop it'
  const message =
    `another gateway instance is already listening on ${url(host, port, record?.scheme)}` +
    `${facts && ` (${facts})`}. ${stop}, or ${elsewhere}`
  const profile = record ? { profile: record.profile, instanceId: record.instanceId } : {}
  return new GatewayError('port_taken', { message, details: { ...details, ...profile } })
}

function url(host: string, port: number, scheme: 'http' | 'https' = 'http'): string {
  const name = probeHost(host)
  return `${scheme === 'https' ? 'wss' : 'ws'}://${name.includes(':') ? `[${name}]` : name}:${port}`
}

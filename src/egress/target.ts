import { isIP } from 'node:net'
import { canonicalIp } from '../auth/canonical-ip.js'
import { GatewayError } from '../kernel/errors.js'
import { type AddressClass, classify } from './address.js'
import type { EgressPolicy } from './types.js'

/** A URL that may be asked, as far as it can be told without resolving its name. */
export interface Target {
  readonly url: URL
  /** Lower case, without brackets and without a dot at its end. */
  readonly host: string
  /** The host is an address itself. */
  readonly isAddress: boolean
}

/** Names that never mean a host on the internet (RFC 6761, RFC 6762, RFC 8375, clouds' metadata). */
const localNames = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|lan|home\.arpa)$/

/** Networks that a policy may open. Metadata, multicast and the rest stay closed. */
const openable: ReadonlySet<AddressClass> = new Set(['loopback', 'private', 'benchmark'])

/** Canonical addresses of this machine's interfaces. */
export type OwnAddresses = ReadonlySet<string>

/** Throws `invalid_url` or `egress_blocked`. */
export function readTarget(text: string, policy: EgressPolicy, own: OwnAddresses = new Set()): Target {
  const url = parse(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw blocked(url, `its scheme is ${url.protocol.slice(0, -1).slice(0, 20)}, not http or https`)
  }
  if (url.username !== '' || url.password !== '') throw blocked(url, 'it holds a user name or a password')
  const bare = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const host = bare.replace(/\.$/, '')
  const isAddress = isIP(host) !== 0
  if (host === '' || host.split('.').includes('')) throw blocked(url, 'its host name is not valid')
  // The name that is asked for is the name that is connected to and shown.
  if (host !== bare) url.hostname = host
  const target = { url, host, isAddress }
  if (matches(policy.blockedHostnames, host)) throw blocked(url, 'this host is blocked by the config')
  const { hostnameAllowlist = [] } = policy
  if (hostnameAllowlist.length > 0 && !matches(hostnameAllowlist, host))
    throw blocked(url, 'this host is not on the list')
  if (isAddress) checkAddress(target, host, policy, own)
  else if (localNames.test(host) && !opens(policy, host)) throw blocked(url, 'its host is on this machine or network')
  return target
}

/** Throws `egress_blocked` when what a name resolved to may not be connected to. */
export function checkAddress(
  { url, host }: Target,
  address: string,
  policy: EgressPolicy,
  own: OwnAddresses = new Set(),
): void {
  if (matches(policy.blockedHostnames, address)) throw blocked(url, 'this host is blocked by the config')
  // A public address of this machine leads past its firewall: the way there does not leave it.
  if (own.has(canonicalIp(address) ?? '') && !opens(policy, host)) throw blocked(url, 'it leads to this very machine')
  const kind = classify(address)
  if (kind === 'public') return
  if (kind === 'benchmark' && policy.allowRfc2544BenchmarkRange) return
  if (openable.has(kind) && opens(policy, host)) return
  throw blocked(url, `it leads to a ${kind} address, not to the internet`)
}

function opens({ allowedHostnames, dangerouslyAllowPrivateNetwork }: EgressPolicy, host: string): boolean {
  return dangerouslyAllowPrivateNetwork === true || matches(allowedHostnames, host)
}

/** `*.example.com` is every name below it, not itself. */
function matches(patterns: readonly string[] | undefined, host: string): boolean {
  return (patterns ?? []).some((pattern) => {
    const plain = pattern
      .trim()
      .toLowerCase()
      .replace(/\.$/, '')
      .replace(/^\[(.*)\]$/, '$1')
    return plain.startsWith('*.') ? host.endsWith(plain.slice(1)) && host.length > plain.length - 1 : host === plain
  })
}

function parse(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw new GatewayError('invalid_url', { message: `"${text.slice(0, 200)}" is not a valid URL.` })
  }
}

/** Says what was asked for, never what it resolved to: that may be a fact about the network here. */
export function blocked(url: URL, why: string): GatewayError {
  return new GatewayError('egress_blocked', {
    message: `Blocked: ${url.protocol}//${url.host.slice(0, 200)} may not be fetched: ${why}.`,
  })
}

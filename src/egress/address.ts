import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

/** What an address is, seen from this machine. Only `public` is somewhere on the internet. */
export type AddressClass =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link-local'
  | 'metadata'
  | 'benchmark'
  | 'multicast'
  | 'unspecified'
  | 'reserved'

/** Addresses outside of the link-local range at which clouds hand out credentials. */
const metadata: ReadonlySet<string> = new Set(['100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::254'])

const v4Classes: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  private: 'private',
  carrierGradeNat: 'private',
  linkLocal: 'link-local',
  multicast: 'multicast',
  unspecified: 'unspecified',
}
const v6Classes: Readonly<Record<string, AddressClass>> = {
  unicast: 'public',
  loopback: 'loopback',
  uniqueLocal: 'private',
  deprecatedSiteLocal: 'private',
  linkLocal: 'link-local',
  multicast: 'multicast',
  unspecified: 'unspecified',
}
const benchmark = ipaddr.IPv4.parseCIDR('198.18.0.0/15')
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')
/** Well-known prefix of NAT64 (RFC 6052): the last 32 bits are the IPv4 address that is meant. */
const nat64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96')

/**
 * Classifies an address literal as a resolver or a URL gives it. Forms that carry an IPv4 address are what they carry;
 * tunnels (6to4, Teredo), documentation, and whatever is not known to be global are `reserved`, as is text that is no
 * address.
 */
export function classify(text: string): AddressClass {
  // A zone names an interface of this machine.
  if (text.includes('%')) return 'link-local'
  if (isIP(text) === 0) return 'reserved'
  const address = ipaddr.parse(text)
  return address instanceof ipaddr.IPv4 ? classifyV4(address) : classifyV6(address as ipaddr.IPv6)
}

function classifyV4(address: ipaddr.IPv4): AddressClass {
  if (metadata.has(address.toString())) return 'metadata'
  if (address.match(benchmark)) return 'benchmark'
  return v4Classes[address.range()] ?? 'reserved'
}

function classifyV6(address: ipaddr.IPv6): AddressClass {
  if (metadata.has(address.toRFC5952String())) return 'metadata'
  const carried = carriedV4(address)
  if (carried) return classifyV4(carried)
  const known = v6Classes[address.range()] ?? 'reserved'
  return known === 'public' && !address.match(globalUnicast) ? 'reserved' : known
}

/** The IPv4 address in mapped, compatible, NAT64 and ISATAP forms (RFC 4291 2.5.5, RFC 6052, RFC 5214). */
function carriedV4(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  const { parts } = address
  const [high = 0, low = 0] = parts.slice(6)
  const zeros = parts.slice(0, 5).every((part) => part === 0)
  const mapped = zeros && parts[5] === 0xffff
  const compatible = zeros && parts[5] === 0 && (high !== 0 || low > 1)
  const isatap = (parts[4] === 0 || parts[4] === 0x200) && parts[5] === 0x5efe
  if (!mapped && !compatible && !isatap && !address.match(nat64)) return undefined
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff])
}

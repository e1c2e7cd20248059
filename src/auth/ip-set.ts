import ipaddr from 'ipaddr.js'
import { GatewayError } from '../kernel/errors.js'
import { canonicalIp } from './canonical-ip.js'

type Range = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, bits: number]
const MAPPED_BITS = 96

/** A list of addresses and CIDR ranges, compiled once. IPv4 never matches an IPv6 range and the other way round. */
export class IpSet {
  readonly size: number
  readonly #exact: ReadonlySet<string>
  readonly #ranges: readonly Range[]

  /** @throws GatewayError `auth_misconfigured` when an entry is neither an address nor a range; `key` names the list. */
  constructor(entries: readonly string[], key: string) {
    const exact = new Set<string>()
    const ranges: Range[] = []
    for (const entry of entries) {
      const address = canonicalIp(entry.trim())
      if (address !== undefined) exact.add(address)
      else ranges.push(parseRange(entry.trim(), key))
    }
    this.#exact = exact
    this.#ranges = ranges
    this.size = exact.size + ranges.length
  }

  /** Takes a canonical address. */
  has(ip: string): boolean {
    if (this.#exact.has(ip)) return true
    if (this.#ranges.length === 0) return false
    const address = ipaddr.parse(ip)
    return this.#ranges.some(([range, bits]) => contains(range, bits, address))
  }
}

function contains(range: ipaddr.IPv4 | ipaddr.IPv6, bits: number, address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (range instanceof ipaddr.IPv4) return address instanceof ipaddr.IPv4 && address.match(range, bits)
  return address instanceof ipaddr.IPv6 && address.match(range, bits)
}

/** `::ffff:10.0.0.0/104` is `10.0.0.0/8`; a mapped range wider than all of IPv4 has no meaning and is refused. */
function parseRange(entry: string, key: string): Range {
  const [text = '', bitsText = '', ...rest] = entry.split('/')
  const address = canonicalIp(text)
  const bits = /^\d{1,3}$/.test(bitsText) ? Number(bitsText) : Number.NaN
  if (rest.length === 0 && address !== undefined) {
    const mapped = text.includes(':') && !address.includes(':')
    const size = mapped ? bits - MAPPED_BITS : bits
    const parsed = ipaddr.parse(address)
    if (size >= 0 && size <= (parsed.kind() === 'ipv4' ? 32 : 128)) return [parsed, size]
  }
  throw new GatewayError('auth_misconfigured', {
    message: `${key}: "${entry}" is not an IP address or CIDR range. Write it like 10.0.0.5 or 10.0.0.0/8.`,
    param: key,
  })
}

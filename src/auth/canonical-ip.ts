import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

const LOOPBACK = '::1'
const MAPPED_PREFIX = '::ffff:'
/** Ranges that a page on the public internet cannot live in (spec/config.md 3.6). */
const PRIVATE_RANGES: ReadonlySet<string> = new Set([
  'loopback',
  'private',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
])

/**
 * The one spelling of an address that keys, lists and logs use: IPv4 dotted decimal, IPv6 as in RFC 5952 without zone,
 * IPv4-mapped IPv6 as IPv4. Undefined when the text is not an IP literal; octal, hex and short forms are not.
 */
export function canonicalIp(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  if (isIPv4(text) || text === LOOPBACK) return text
  // Node compiles its pattern for IPv6 at the first question, which takes longer than reading the config.
  if (!text.includes(':')) return undefined
  if (text.startsWith(MAPPED_PREFIX) && isIPv4(text.slice(MAPPED_PREFIX.length)))
    return text.slice(MAPPED_PREFIX.length)
  if (!isIPv6(text)) return undefined
  const zone = text.indexOf('%')
  const address = ipaddr.IPv6.parse(zone === -1 ? text : text.slice(0, zone))
  return address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String()
}

/** An address as proxies write it in X-Forwarded-For: with or without port, IPv6 with or without brackets. */
export function hopIp(text: string): string | undefined {
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)
  if (bracketed) return isIPv6(bracketed[1] ?? '') ? canonicalIp(bracketed[1]) : undefined
  const withPort = /^([\d.]+):\d{1,5}$/.exec(text)
  return canonicalIp(withPort ? withPort[1] : text)
}

/** Takes a canonical address, so the prefix test cannot be fooled by a name such as `127.evil.example`. */
export function isLoopbackIp(ip: string): boolean {
  return ip === '::1' || ip.startsWith('127.')
}

/** Loopback, RFC 1918, link-local, carrier-grade NAT (Tailscale) and unique local. Takes a canonical address. */
export function isPrivateIp(ip: string): boolean {
  return PRIVATE_RANGES.has(ipaddr.parse(ip).range())
}

/** `0.0.0.0` and `::` name no host. Takes a canonical address. */
export function isUnspecifiedIp(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::'
}

/** The part of an address that one customer of a provider holds: all of IPv4, the /64 of IPv6, loopback as one. */
export function limiterKey(ip: string): string {
  if (isLoopbackIp(ip)) return 'loopback'
  if (!ip.includes(':')) return ip
  return ipaddr.IPv6.parse(ip)
    .parts.slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')
}

import { BlockList, isIP } from 'node:net'

/** Ranges whose traffic stays on this host or on a network of its owner (spec/config.md section 4). */
const privateRanges = [
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const

/** Names that only a private network resolves. */
const privateName = /(^|\.)localhost$|\.local$|\.ts\.net$/

/**
 * True when secrets may go to this host without TLS. Addresses are parsed, never compared as text: `127.evil.com` is a
 * name. `allowNames` (OPENCLAW_ALLOW_INSECURE_PRIVATE_WS) admits other host names, never public addresses.
 */
export function mayBePlaintext(hostname: string, allowNames = false): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
  const version = isIP(host)
  if (version === 0) return privateName.test(host) || allowNames
  const list = new BlockList()
  for (const [address, bits, family] of privateRanges) list.addSubnet(address, bits, family)
  return list.check(host, version === 4 ? 'ipv4' : 'ipv6')
}

/** True for this host itself. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase()
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

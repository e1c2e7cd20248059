import { canonicalIp, isLoopbackIp, isPrivateIp, isUnspecifiedIp } from './canonical-ip.js'

/** A `Host` header or the host part of an origin, taken apart. */
export interface HostName {
  /** Lower case, without brackets, port and trailing dot. */
  readonly name: string
  readonly port: string | undefined
  /** Canonical address when the name is an IP literal. */
  readonly ip: string | undefined
}

export interface HostSettings {
  /** Names that the operator vouches for: `allowedHosts` and the hosts of `allowedOrigins`. */
  readonly hosts: ReadonlySet<string>
  /** Addresses that we listen on. */
  readonly listenIps: ReadonlySet<string>
  /** True when we listen on a wildcard address, so on every address of this machine. */
  readonly listensOnAll: boolean
  readonly ownAddresses: () => ReadonlySet<string> | undefined
}

const MAX_HOST_LENGTH = 255
const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/

/** Undefined when the text is not a host: userinfo, path, space, bare IPv6 or too long. */
export function parseHost(text: string): HostName | undefined {
  if (text.length > MAX_HOST_LENGTH) return undefined
  const match = HOST.exec(text.toLowerCase())
  if (!match) return undefined
  const [, bracketed, plain, port] = match
  if (bracketed !== undefined) {
    const ip = canonicalIp(bracketed)
    return ip === undefined ? undefined : { name: bracketed, port, ip }
  }
  const name = (plain ?? '').replace(/\.$/, '')
  return name === '' ? undefined : { name, port, ip: canonicalIp(name) }
}

/** Names that the public DNS cannot point at this machine: loopback and private literals, mDNS and Tailscale names. */
export function isLocalHost({ name, ip }: HostName): boolean {
  if (ip !== undefined) return isPrivateIp(ip)
  return name === 'localhost' || name.endsWith('.local') || name.endsWith('.ts.net')
}

/** This machine and nothing else. */
export function isLoopbackHost({ name, ip }: HostName): boolean {
  return ip === undefined ? name === 'localhost' : isLoopbackIp(ip)
}

/**
 * The check against DNS rebinding: a page of `evil.example` whose name suddenly resolves to 127.0.0.1 still sends
 * `Host: evil.example`. The port is not compared, because tunnels change it.
 */
export function hostAllowed(host: string | undefined, settings: HostSettings): boolean {
  const parsed = host === undefined ? undefined : parseHost(host)
  if (!parsed) return false
  if (settings.hosts.has(parsed.name) || isLocalHost(parsed)) return true
  if (parsed.ip === undefined || isUnspecifiedIp(parsed.ip)) return false
  if (settings.listenIps.has(parsed.ip)) return true
  return settings.listensOnAll && (settings.ownAddresses()?.has(parsed.ip) ?? false)
}

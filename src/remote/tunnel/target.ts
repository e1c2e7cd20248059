import { GatewayError } from '../../kernel/errors.js'

/** Where ssh connects to. */
export interface SshTarget {
  /** `user@host`, a host, or an alias of ~/.ssh/config; never begins with a dash. */
  readonly destination: string
  readonly port: number | undefined
}

/** Visible ASCII without what a shell, ssh's own tokens or a service definition would read otherwise. */
const user = '(?:[A-Za-z0-9_][\\w.+-]*@)?'
const named = new RegExp(`^(${user}[A-Za-z0-9_][\\w.-]*)(?::(\\d+))?$`)
const bracketed = new RegExp(`^(${user})\\[([0-9A-Fa-f:.]+(?:%\\w+)?)\\](?::(\\d+))?$`)

/**
 * Reads `user@host[:port]`. IPv6 with a port needs brackets. Throws `usage` for what could be an option of ssh or a
 * command (a host name that begins with a dash, blanks, quotes).
 */
export function parseSshTarget(text: string, from = 'gateway.remote.sshTarget'): SshTarget {
  const given = text.trim()
  const address = bracketed.exec(given)
  const [, name, digits] = address ? [address[0], `${address[1]}${address[2]}`, address[3]] : (named.exec(given) ?? [])
  const port = digits === undefined ? undefined : Number(digits)
  if (name === undefined || (port !== undefined && (port < 1 || port > 65_535))) {
    throw new GatewayError('usage', { message: `${from} must be user@host or user@host:port.` })
  }
  return { destination: name, port }
}

/** As a user writes it. */
export function showSshTarget({ destination, port }: SshTarget): string {
  if (port === undefined) return destination
  return `${destination.includes(':') ? destination.replace(/([^@]+)$/, '[$1]') : destination}:${port}`
}

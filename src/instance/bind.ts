import { isIP, isIPv4 } from 'node:net'
import { GatewayError } from '../kernel/errors.js'

export const bindModes = ['loopback', 'lan', 'tailnet', 'auto', 'custom'] as const
export type BindMode = (typeof bindModes)[number]

export interface BindInput {
  /** `--bind` */
  readonly flag?: BindMode
  /** `gateway.bind` */
  readonly configured?: BindMode
  /** `OPENCLAW_GATEWAY_BIND`, the default of a container image. */
  readonly fallback?: BindMode
  /** `gateway.customBindHost` */
  readonly customHost?: string
  readonly tailscaleMode?: 'off' | 'serve' | 'funnel'
  readonly inContainer: boolean
  /** Addresses of this machine (`readAddresses()`). */
  readonly addresses: readonly string[]
  /** True when callers from the network have to show who they are: a token, a password, or a trusted proxy. */
  readonly hasAuth: boolean
}

export interface BindAddress {
  readonly host: string
  /** True when the gateway also starts without it, e.g. `::1` on a machine without IPv6. */
  readonly optional: boolean
}

export interface BindPlan {
  readonly mode: BindMode
  readonly addresses: readonly BindAddress[]
  /** True when only this machine can reach the gateway. */
  readonly loopbackOnly: boolean
}

const required = (host: string): BindAddress => ({ host, optional: false })
const optional = (host: string): BindAddress => ({ host, optional: true })
const loopback = [required('127.0.0.1'), optional('::1')]
const wildcards = new Set(['0.0.0.0', '::'])

/**
 * Decides which addresses to listen on (spec/config.md 3.1). Order: flag, config, Tailscale (loopback), the image's
 * default, `auto` in a container, loopback. Loopback never turns into a network address. Throws `bind_without_auth`
 * for a network address without auth, and `bind_failed` for settings that cannot work.
 */
export function planBind(input: BindInput): BindPlan {
  const tailscale = (input.tailscaleMode ?? 'off') !== 'off'
  const mode =
    input.flag ??
    input.configured ??
    (tailscale ? 'loopback' : undefined) ??
    input.fallback ??
    (input.inContainer ? 'auto' : 'loopback')
  const addresses = addressesOf(mode, input)
  const open = addresses.filter(({ host }) => !isLoopback(host)).map(({ host }) => host)
  if (tailscale && open.length > 0) {
    throw refused(
      `Tailscale ${input.tailscaleMode} needs gateway.bind "loopback", not "${mode}": Tailscale itself brings the ` +
        'network in. Set gateway.bind to "loopback", or gateway.tailscale.mode to "off".',
    )
  }
  if (open.length > 0 && !input.hasAuth) {
    const message =
      `refusing to bind gateway to ${open.join(', ')} without auth (bind "${mode}"). Run ` +
      '"openclaw config set gateway.auth.token <secret>" or set OPENCLAW_GATEWAY_TOKEN, or bind to loopback.'
    throw new GatewayError('bind_without_auth', { message, details: { mode, addresses: open } })
  }
  return { mode, addresses, loopbackOnly: open.length === 0 }
}

function addressesOf(mode: BindMode, input: BindInput): readonly BindAddress[] {
  switch (mode) {
    case 'loopback':
      return loopback
    case 'lan':
      return [required('0.0.0.0')]
    case 'auto':
      return input.inContainer ? [required('0.0.0.0')] : loopback
    case 'tailnet':
      return [required('127.0.0.1'), ...input.addresses.filter(isTailnet).slice(0, 1).map(optional)]
    case 'custom':
      return customAddresses(input.customHost?.trim() ?? '')
  }
}

function customAddresses(host: string): readonly BindAddress[] {
  if (isIP(host) === 0) {
    throw refused(
      'gateway.bind is "custom", but gateway.customBindHost is not an IP address. Set it to one of this machine.',
    )
  }
  // The wildcard has 127.0.0.1 in it.
  return host === '127.0.0.1' || wildcards.has(host) ? [required(host)] : [required(host), required('127.0.0.1')]
}

/** Tailscale gives every machine an address in 100.64.0.0/10 (RFC 6598). */
export function isTailnet(address: string): boolean {
  if (!isIPv4(address)) return false
  const [first = 0, second = 0] = address.split('.').map(Number)
  return first === 100 && second >= 64 && second <= 127
}

/** True for 127.0.0.0/8 and ::1. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'))
}

function refused(message: string): GatewayError {
  return new GatewayError('bind_failed', { message })
}

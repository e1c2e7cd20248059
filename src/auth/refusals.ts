import type { Config } from '../config/types.js'
import { GatewayError } from '../kernel/errors.js'
import { type AuthSource, loopbackOnly, type SelectedAuth } from './select-mode.js'

/**
 * Reasons not to start that concern auth, in the order of spec/config.md 3.7.
 * @throws GatewayError `auth_misconfigured` or `bind_without_auth`.
 */
export function refuseBadAuth(source: AuthSource, auth: SelectedAuth): void {
  const { config, bindAddresses, port } = source
  if (auth.mode === 'password' && auth.password === undefined) {
    throw misconfigured(
      'gateway.auth.mode is "password" but there is no password. Set gateway.auth.password or OPENCLAW_GATEWAY_PASSWORD.',
    )
  }
  const open = auth.mode === 'none' || (auth.mode === 'token' && auth.token === undefined)
  if (open && !loopbackOnly(bindAddresses)) {
    throw new GatewayError('bind_without_auth', { message: openBindMessage(config, bindAddresses, port) })
  }
  if (auth.mode === 'token' && auth.token === undefined) {
    throw misconfigured('There is no gateway token. Run "openclaw setup", or set gateway.auth.token.')
  }
  refuseSharedHookToken(config, auth)
  refuseBadTailscale(config, auth, loopbackOnly(bindAddresses))
  if (auth.mode === 'trusted-proxy') refuseBadProxy(config, auth)
}

function openBindMessage(config: Config, addresses: readonly string[], port: number): string {
  const address = addresses[0] ?? ''
  const where = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
  const remote = config.gateway?.remote?.token ?? config.gateway?.remote?.password
  const hint =
    remote === undefined ? '' : ' gateway.remote.* are credentials of clients; they do not protect this gateway.'
  return `refusing to bind gateway to ${where} without auth. Set gateway.auth.token or OPENCLAW_GATEWAY_TOKEN, or use gateway.bind "loopback".${hint}`
}

/** Whoever may call a hook would be the operator (PAINS 44). */
function refuseSharedHookToken({ hooks }: Config, { token, password }: SelectedAuth): void {
  const own = hooks?.token?.trim()
  if (hooks?.enabled !== true || !own || (own !== token && own !== password)) return
  throw misconfigured(
    'hooks.token equals the secret of the gateway. Give it a value of its own: openclaw config set hooks.token "$(openssl rand -hex 24)"',
  )
}

function refuseBadTailscale(config: Config, auth: SelectedAuth, loopback: boolean): void {
  const mode = config.gateway?.tailscale?.mode ?? 'off'
  if (mode === 'off') return
  if (mode === 'funnel' && auth.mode !== 'password') {
    throw misconfigured(
      'Tailscale Funnel is public and needs gateway.auth.mode "password". Set it, or use tailscale.mode "serve".',
    )
  }
  if (auth.mode === 'none') throw misconfigured('Tailscale Serve needs gateway auth. Set gateway.auth.mode to "token".')
  if (!loopback) throw misconfigured(`Tailscale ${mode} needs gateway.bind "loopback": it reaches the gateway locally.`)
}

function refuseBadProxy({ gateway }: Config, auth: SelectedAuth): void {
  const proxy = gateway?.auth?.trustedProxy
  if (!proxy) throw misconfigured('Mode trusted-proxy needs gateway.auth.trustedProxy with a userHeader.')
  if (!/^[A-Za-z0-9-]+$/.test(proxy.userHeader?.trim() ?? '')) {
    throw misconfigured('gateway.auth.trustedProxy.userHeader must be a header name, e.g. "x-forwarded-user".')
  }
  if (auth.token !== undefined) {
    throw misconfigured(
      'Mode trusted-proxy and a gateway token exclude each other. Remove gateway.auth.token and OPENCLAW_GATEWAY_TOKEN; a password for local use is allowed.',
    )
  }
  if ((gateway?.trustedProxies ?? []).length === 0) {
    throw misconfigured('Mode trusted-proxy needs gateway.trustedProxies: the addresses of your reverse proxies.')
  }
}

function misconfigured(message: string): GatewayError {
  return new GatewayError('auth_misconfigured', { message })
}

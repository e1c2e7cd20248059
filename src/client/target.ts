import { GatewayError } from '../kernel/errors.js'
import { mayBePlaintext } from './plaintext.js'

/** Who chose the address: it decides which credentials may go there. */
export type TargetSource = 'url' | 'port' | 'env' | 'remote' | 'local'

export interface TargetInput {
  /** `--url` */
  readonly url?: string | undefined
  /** `--port`: this host, that port. */
  readonly port?: number | undefined
  /** `OPENCLAW_GATEWAY_URL` */
  readonly envUrl?: string | undefined
  readonly mode?: 'local' | 'remote' | undefined
  /** `gateway.remote.url` */
  readonly remoteUrl?: string | undefined
  /** Where the profile's own gateway listens. */
  readonly local: { readonly port: number; readonly scheme: 'http' | 'https' }
  readonly allowInsecureNames?: boolean | undefined
}

export interface Target {
  /** http or https, without user, query and fragment; ends in a slash. */
  readonly base: URL
  /** The same as a user writes it, `ws://127.0.0.1:18789`. */
  readonly display: string
  readonly source: TargetSource
  /** Under which address its tokens are kept, where `base` is only the way to it. */
  readonly keptAs?: URL
  readonly warning?: 'remote-without-url'
}

/**
 * Which gateway a command talks to (spec/config.md section 4): `--url` or `--port`, `OPENCLAW_GATEWAY_URL`,
 * `gateway.remote.url` in remote mode, else this profile's own. Throws `usage` for what is not an address and
 * `plaintext_refused` before anything is sent.
 */
export function resolveTarget(input: TargetInput): Target {
  if (input.url !== undefined && input.port !== undefined) {
    throw new GatewayError('usage', { message: '--url and --port exclude each other. Give one of them.' })
  }
  const { local } = input
  if (input.port !== undefined) return localTarget(input.port, local.scheme, 'port')
  const chosen = chooseUrl(input)
  if (!chosen) {
    const target = localTarget(local.port, local.scheme, 'local')
    return input.mode === 'remote' ? { ...target, warning: 'remote-without-url' } : target
  }
  const base = parseUrl(chosen.text, chosen.from)
  if (base.protocol === 'http:' && !mayBePlaintext(base.hostname, input.allowInsecureNames)) {
    throw new GatewayError('plaintext_refused', { details: { host: base.hostname } })
  }
  return { base, display: displayOf(base), source: chosen.source }
}

function localTarget(port: number, scheme: 'http' | 'https', source: 'port' | 'local'): Target {
  const base = new URL(`${scheme}://127.0.0.1:${port}/`)
  return { base, display: displayOf(base), source }
}

function chooseUrl(input: TargetInput): { text: string; source: 'url' | 'env' | 'remote'; from: string } | undefined {
  if (input.url !== undefined) return { text: input.url, source: 'url', from: '--url' }
  if (input.envUrl !== undefined) return { text: input.envUrl, source: 'env', from: 'OPENCLAW_GATEWAY_URL' }
  if (input.mode !== 'remote' || !input.remoteUrl) return undefined
  return { text: input.remoteUrl, source: 'remote', from: 'gateway.remote.url' }
}

const schemes: Readonly<Record<string, string>> = {
  'ws:': 'http:',
  'wss:': 'https:',
  'http:': 'http:',
  'https:': 'https:',
}

function parseUrl(text: string, from: string): URL {
  const given = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined
  const scheme = given && schemes[given.protocol]
  if (!given || !scheme || !given.hostname) {
    throw new GatewayError('usage', {
      message: `${from} must be a gateway address, for example ws://127.0.0.1:18789 or wss://gateway.example.com.`,
    })
  }
  const path = given.pathname.endsWith('/') ? given.pathname : `${given.pathname}/`
  // A new URL: the scheme of a special URL cannot be changed in place, and user and query must not travel on.
  return new URL(`${scheme}//${given.host}${path}`)
}

function displayOf(base: URL): string {
  const path = base.pathname === '/' ? '' : base.pathname.replace(/\/$/, '')
  return `${base.protocol === 'https:' ? 'wss' : 'ws'}://${base.host}${path}`
}

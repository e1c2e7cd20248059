import { type HostName, isLocalHost, isLoopbackHost, parseHost } from './host.js'

/** A list of browser origins. `any` stands for `*`. */
export interface OriginList {
  readonly any: boolean
  /** Exact origins in lower case. */
  readonly exact: ReadonlySet<string>
}

export interface OriginSettings {
  readonly allowedOrigins: OriginList
  readonly hostOriginFallback: boolean
}

export interface OriginQuestion {
  readonly origin: string
  readonly host: string | undefined
  /** The request comes from this machine, directly (attribution `direct-local`). */
  readonly local: boolean
}

const ORIGIN = /^(https?):\/\/([^/?#@\s]+)$/
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' }

/** Compiles a configured list; the host parts of its origins are in `hosts`. A trailing slash is forgiven. */
export function originList(origins: readonly string[]): OriginList & { readonly hosts: readonly string[] } {
  const exact = new Set(origins.map((origin) => origin.trim().toLowerCase().replace(/\/$/, '')))
  const any = exact.delete('*')
  const hosts = [...exact].map((origin) => parseOrigin(origin)?.host.name).filter((name) => name !== undefined)
  return { any, exact, hosts }
}

/** True when the list names the origin. `null`, the origin of sandboxed and local pages, is never named. */
export function originListed(origin: string, list: OriginList): boolean {
  const lower = origin.toLowerCase()
  return lower !== 'null' && (list.exact.has(lower) || (list.any && isWellFormed(lower)))
}

/** May a page of this origin talk to us? Rules in the order of spec/config.md 3.6. */
export function originAllowed(question: OriginQuestion, settings: OriginSettings): boolean {
  if (isOwnOrigin(question, settings)) return true
  const origin = parseOrigin(question.origin.toLowerCase())
  return origin !== undefined && question.local && isLoopbackHost(origin.host)
}

/** Stricter: a page that we served ourselves or that the config names, not any page of this machine. */
export function isOwnOrigin({ origin: text, host: line }: OriginQuestion, settings: OriginSettings): boolean {
  if (originListed(text, settings.allowedOrigins)) return true
  const origin = parseOrigin(text.toLowerCase())
  const host = line === undefined ? undefined : parseHost(line)
  if (!origin || !host || !sameAuthority(origin, host)) return false
  return settings.hostOriginFallback || isLocalHost(host)
}

/** True for `http(s)://host`, whoever that is; false for `null` and everything that is no web origin. */
export function isOrigin(text: string): boolean {
  return isWellFormed(text.toLowerCase())
}

interface Origin {
  readonly scheme: string
  readonly host: HostName
}

function parseOrigin(text: string): Origin | undefined {
  const match = ORIGIN.exec(text)
  const host = parseHost(match?.[2] ?? '')
  return match?.[1] && host ? { scheme: match[1], host } : undefined
}

/** `*` admits every web origin and the origins of browser extensions and desktop shells. */
function isWellFormed(lower: string): boolean {
  return parseOrigin(lower) !== undefined || /^[a-z][a-z0-9+.-]*-extension:\/\/[a-z0-9-]+$/.test(lower)
}

function sameAuthority({ scheme, host: own }: Origin, host: HostName): boolean {
  const fallback = DEFAULT_PORTS[scheme]
  const sameName = own.ip === undefined ? own.name === host.name : own.ip === host.ip
  return sameName && (own.port ?? fallback) === (host.port ?? fallback)
}

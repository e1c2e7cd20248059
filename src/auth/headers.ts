/** A header that came twice, as an underscore twin, or was named by `Connection`: nobody can say what it means. */
export const ambiguous: unique symbol = Symbol('ambiguous header')
export type SoleHeader = string | undefined | typeof ambiguous

/** `Connection` values that name no header; anything else is looked at token by token. */
const PLAIN_CONNECTION: ReadonlySet<string> = new Set(['keep-alive', 'close', 'upgrade', 'keep-alive, upgrade'])

/**
 * Lines that a request may have. Node silently drops those after the first thousand or so, which would let a client
 * push out what a proxy appends; no honest request comes near.
 */
const MAX_LINES = 500

const F = 0x66
const X = 0x78
const T = 0x74
const S = 0x73
const C = 0x63
const LOWER_CASE_BIT = 0x20

/**
 * The headers of one request as they came over the wire. Node merges or drops repeated headers; a decision about who
 * somebody is must see them all, so this reads `rawHeaders` and never merges.
 */
export class HeaderView {
  /** Some proxy header is present (spec/config.md 3.2), even an empty one. */
  readonly forwarded: boolean
  /** A proxy header is ambiguous, so the address in it proves nothing. */
  readonly forwardedAmbiguous: boolean
  /** Tailscale Funnel says that the request came from the public internet. */
  readonly funnel: boolean
  /** `Sec-Fetch-*` is present, which only browsers send. */
  readonly fetchMetadata: boolean
  /** More lines than are looked at: nothing that is absent can be called absent. */
  readonly overfull: boolean
  readonly #raw: readonly string[]
  readonly #hopByHop: readonly string[]

  constructor(rawHeaders: readonly string[]) {
    let proxyNames: string[] | undefined
    let twin = false
    let funnel = false
    let fetchMetadata = false
    let hopByHop: string[] | undefined
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] ?? ''
      switch (name.charCodeAt(0) | LOWER_CASE_BIT) {
        case F:
        case X:
        case T: {
          const canonical = canonicalName(name)
          if (!isProxyHeader(canonical)) break
          proxyNames ??= []
          twin ||= name.includes('_') || proxyNames.includes(canonical)
          funnel ||= canonical === 'tailscale-funnel-request'
          proxyNames.push(canonical)
          break
        }
        case S:
          fetchMetadata ||= canonicalName(name).startsWith('sec-fetch-')
          break
        case C:
          if (canonicalName(name) === 'connection') hopByHop = connectionNames(rawHeaders[i + 1] ?? '', hopByHop)
          break
      }
    }
    const overfull = rawHeaders.length > 2 * MAX_LINES
    const doubtful = overfull || (hopByHop?.some(isProxyHeader) ?? false)
    this.#raw = rawHeaders
    this.#hopByHop = hopByHop ?? []
    this.forwarded = proxyNames !== undefined || doubtful
    this.forwardedAmbiguous = twin || doubtful
    this.funnel = funnel
    this.fetchMetadata = fetchMetadata
    this.overfull = overfull
  }

  /** The value of a header that must stand alone. `name` is in lower case with hyphens. */
  sole(name: string): SoleHeader {
    let value: string | undefined
    for (let i = 0; i < this.#raw.length; i += 2) {
      const candidate = this.#raw[i] ?? ''
      if (candidate.length !== name.length || canonicalName(candidate) !== name) continue
      if (value !== undefined || candidate.includes('_')) return ambiguous
      value = this.#raw[i + 1] ?? ''
    }
    return value !== undefined && this.#hopByHop.includes(name) ? ambiguous : value
  }
}

/** Lower case; an underscore counts as a hyphen because CGI-like software takes them for the same. */
function canonicalName(name: string): string {
  const lower = name.toLowerCase()
  return lower.includes('_') ? lower.replaceAll('_', '-') : lower
}

function isProxyHeader(name: string): boolean {
  return name.startsWith('x-forwarded') || name === 'forwarded' || name === 'x-real-ip' || name.startsWith('tailscale-')
}

/** RFC 9110 section 7.6.1: headers named here belong to the last hop, so a proxy in between may have removed them. */
function connectionNames(value: string, before: string[] | undefined): string[] | undefined {
  const lower = value.toLowerCase()
  if (PLAIN_CONNECTION.has(lower)) return before
  const names = lower.split(',').map((part) => canonicalName(part.trim()))
  return before ? before.concat(names) : names
}

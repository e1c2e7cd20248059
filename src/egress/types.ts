import type { SsrfPolicy } from '../../schemas/config/ssrf-policy.js'
import type { StopSignal } from '../kernel/stop.js'

/** The one way to fetch from the network: resolves, checks, pins the address, checks each redirect again. */
export type EgressFetch = (request: EgressRequest) => Promise<EgressResponse>

export interface EgressRequest {
  /** May come from a model or a page: nothing in it is believed. */
  readonly url: string
  readonly method?: 'GET' | 'POST'
  /** Sent to the first origin; a redirect to another one takes only those that say what is accepted. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** What the config opens beyond the public internet; nothing when absent. */
  readonly policy?: EgressPolicy
  /** Of the body after decompression. */
  readonly maxBytes: number
  /** From the name's resolution to the last byte, redirects included. */
  readonly timeoutMs: number
  readonly maxRedirects?: number
  readonly signal: StopSignal
}

export interface EgressResponse {
  /** After redirects. */
  readonly url: string
  readonly status: number
  /** Names in lower case. Cookies are left out. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** True when the body was longer than `maxBytes`. */
  readonly truncated: boolean
}

/** `ssrfPolicy` of the config. */
export type EgressPolicy = Readonly<SsrfPolicy>

/** All addresses of a name. Rejects when there are none. */
export type Resolver = (hostname: string) => Promise<readonly string[]>

export interface SseLimits {
  /** Proxies cut connections that stay silent; after so long a comment keeps them open (spec/http.md section 4). */
  readonly keepAliveMs: number
  /** A client that takes nothing for so long is gone: its turn must not hold a session and a model for ever. */
  readonly stalledMs: number
}

export const sseLimits: SseLimits = { keepAliveMs: 15_000, stalledMs: 120_000 }

export const ping = ': ping\n\n'

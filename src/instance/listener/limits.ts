/** Limits of the front listener against slow or greedy peers. Times in ms. */
export interface ListenerLimits {
  readonly headersTimeoutMs: number
  /** For the whole request to arrive; answers may take longer. */
  readonly requestTimeoutMs: number
  /** Longer than the 60 s after which common proxies drop their side, so that they never reuse a closed connection. */
  readonly keepAliveTimeoutMs: number
  readonly maxHeaderBytes: number
  /** Per address. Room for 10,000 idle WebSocket clients (DESIGN.md section 8) and HTTP beside them. */
  readonly maxConnections: number
}

export const defaultLimits: ListenerLimits = {
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 120_000,
  keepAliveTimeoutMs: 72_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 16_384,
}

/** How often Node looks for connections that are over a time limit. */
export const checkIntervalMs = 5_000

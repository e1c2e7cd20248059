/** What Tailscale on this machine knows about an address of the tailnet. */
export type WhoisAnswer =
  | { readonly kind: 'user'; readonly login: string }
  /** A machine that belongs to nobody. */
  | { readonly kind: 'tagged' }
  | WhoisFailure

export interface WhoisFailure {
  readonly kind: 'failed'
  /** What went wrong and what to do, as sentences for the caller. */
  readonly problem: string
  /** For the log only. */
  readonly detail?: string
}

/** Asks Tailscale. Takes a canonical address; ends within a limit of its own or when the signal says so; never rejects. */
export type Whois = (ip: string, signal: AbortSignal) => Promise<WhoisAnswer>

import { HeaderView } from '../../src/auth/headers.js'
import { noneMethod } from '../../src/auth/modes/none.js'
import { passwordMethod } from '../../src/auth/modes/password.js'
import { tailscaleMethod } from '../../src/auth/modes/tailscale.js'
import { tokenMethod } from '../../src/auth/modes/token.js'
import { trustedProxyMethod } from '../../src/auth/modes/trusted-proxy.js'
import type { AuthMethod, RequestFacts, Verdict } from '../../src/auth/verdict.js'
import type { Clock } from '../../src/kernel/clock.js'

export const TOKEN = 'the-right-token-0123456789'
export const PASSWORD = 'the-right-password'

export const allMethods: readonly AuthMethod[] = [
  tailscaleMethod,
  tokenMethod,
  passwordMethod,
  trustedProxyMethod,
  noneMethod,
]

export type HeaderPairs = readonly (readonly [name: string, value: string])[]

/** Headers as Node gives them: names as sent, bytes as latin1. A Host is added when the list has none. */
export function view(pairs: HeaderPairs, host: string | undefined = '127.0.0.1:18789'): HeaderView {
  const own: HeaderPairs = host === undefined ? [] : [['Host', host]]
  return new HeaderView([...own, ...pairs].flat())
}

export function facts(peer: string | undefined, pairs: HeaderPairs = [], host?: string): RequestFacts {
  return { peer, headers: view(pairs, host) }
}

/** One word for a verdict: `ok`, `ok:<user>` or the code with its reason. */
export function word(verdict: Verdict): string {
  if (!verdict.ok) return `${verdict.denial.code} ${verdict.denial.reason}`
  return verdict.identity.user === undefined ? 'ok' : `ok:${verdict.identity.user}`
}

/** A clock that stands still until it is moved. */
export function fakeClock(): Clock & { advance(ms: number): void } {
  let now = 1_000
  return {
    now: () => now,
    monotonic: () => now,
    after: () => () => {},
    advance: (ms) => {
      now += ms
    },
  }
}

/** What curl puts on the wire for a text: its UTF-8 bytes, which Node shows as latin1. */
export function wire(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

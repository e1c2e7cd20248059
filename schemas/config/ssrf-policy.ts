import type { Static } from '../type.js'
import { flag, openSection, texts } from './words.js'

/** Which addresses may be fetched (spec/runtime.md 4.2, SSRF guard). */
export const ssrfPolicy = openSection('Which addresses may be fetched; without it only those on the internet.', {
  dangerouslyAllowPrivateNetwork: flag('Allow loopback and private addresses; metadata services stay closed.', false),
  allowedHostnames: texts('Hosts that may be on a private network: names, addresses, `*.example.com`.'),
  blockedHostnames: texts('Hosts that are refused.'),
  hostnameAllowlist: texts('Only these hosts.'),
  allowRfc2544BenchmarkRange: flag('Allow 198.18.0.0/15, which fake-IP proxies answer for every name.', false),
})

export type SsrfPolicy = Static<typeof ssrfPolicy>

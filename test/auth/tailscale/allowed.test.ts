import t from 'tap'
import { allowsTailscale } from '../../../src/auth/tailscale/allowed.js'
import type { AuthMode } from '../../../src/auth/types.js'
import { gatewayRules } from '../../../src/config/rules/gateway.js'

type Published = 'off' | 'serve' | 'funnel' | undefined

/** Mode, tailscale.mode, and what unset, true and false mean. */
const table: readonly [AuthMode, Published, unset: boolean, on: boolean, off: boolean][] = [
  ['token', undefined, false, true, false],
  ['token', 'off', false, true, false],
  ['token', 'serve', true, true, false],
  ['token', 'funnel', false, false, false],
  ['password', undefined, false, true, false],
  ['password', 'off', false, true, false],
  ['password', 'serve', false, true, false],
  ['password', 'funnel', false, false, false],
  ['trusted-proxy', undefined, false, false, false],
  ['trusted-proxy', 'off', false, false, false],
  ['trusted-proxy', 'serve', false, false, false],
  ['trusted-proxy', 'funnel', false, false, false],
  ['none', undefined, false, false, false],
  ['none', 'off', false, false, false],
  ['none', 'serve', false, false, false],
  ['none', 'funnel', false, false, false],
]

for (const [mode, published, unset, on, off] of table) {
  t.test(`mode ${mode}, tailscale.mode ${published}`, async (t) => {
    for (const [allowTailscale, expected] of [
      [undefined, unset],
      [true, on],
      [false, off],
    ] as const) {
      const auth = { mode, ...(allowTailscale !== undefined && { allowTailscale }) }
      const config = { gateway: { auth, ...(published && { tailscale: { mode: published } }) } }
      t.equal(allowsTailscale(config, mode), expected, `allowTailscale ${allowTailscale}`)
      const warned: string[] = []
      gatewayRules(config, { error: () => {}, warn: (path) => void warned.push(path.join('.')) })
      const inVain = allowTailscale === true && !expected
      t.equal(warned.includes('gateway.auth.allowTailscale'), inVain, 'a key without effect is named')
    }
  })
}

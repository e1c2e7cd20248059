import t from 'tap'
import { normalPin } from '../../src/client/pin.js'
import { ofText, readSecret, type SecretInput } from '../../src/client/secret.js'

const env = { TOKEN: 'from env', EMPTY: '' }
const table: [SecretInput, string][] = [
  [undefined, 'unset'],
  ['plain', 'value:plain'],
  ['  padded ', 'value:padded'],
  ['', 'unset'],
  ['undefined', 'unset'],
  ['null', 'unset'],
  ['$TOKEN', 'value:from env'],
  ['$MISSING', 'unavailable'],
  [`left \${OVER}`, 'unset'],
  [{ source: 'env', provider: 'default', id: 'TOKEN' }, 'value:from env'],
  [{ source: 'env', provider: 'default', id: 'EMPTY' }, 'unavailable'],
  [{ source: 'exec', provider: 'vault', id: 'x' }, 'unavailable'],
]

for (const [input, expected] of table) {
  t.test(JSON.stringify(input) ?? 'nothing', async (t) => {
    const found = readSecret(input, 'gateway.auth.token', env)
    t.equal(found.state === 'value' ? `value:${found.value}` : found.state, expected)
  })
}

t.test('text of a variable', async (t) => {
  t.strictSame(ofText(undefined, 'X'), { state: 'unset' })
  t.strictSame(ofText('x', 'X'), { state: 'value', value: 'x', from: 'X' })
})

t.test('spellings of a fingerprint', async (t) => {
  const hex = 'ab'.repeat(32)
  const normal = Array(32).fill('AB').join(':')
  for (const text of [hex, hex.toUpperCase(), normal, `sha256:${hex}`, `SHA-256 ${normal}`])
    t.equal(normalPin(text), normal)
  t.equal(normalPin('abc'), undefined)
})

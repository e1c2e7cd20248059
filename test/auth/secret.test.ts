import { inspect } from 'node:util'
import t from 'tap'
import { bearerOf, headerDigest, Secret } from '../../src/auth/secret.js'
import { secretDigest } from '../../src/kernel/safe-equal.js'
import { wire } from './_support.js'

t.test('the bytes of the wire are compared', async (t) => {
  const secrets = ['plain-token', '你的网关密码', 'pässword', 'à', 'emoji 🦞 claw', 'ends with à', '\u00a0edge\u00a0x']
  for (const text of secrets) {
    const secret = new Secret(text)
    t.ok(secret.matches(headerDigest(wire(text.trim()))), `${text} as UTF-8, like curl`)
    t.ok(secret.matches(secretDigest(text.trim())), `${text} as text, like a connect frame`)
    t.notOk(secret.matches(headerDigest(wire(`${text.trim()}x`))), `${text}x`)
    t.notOk(secret.matches(headerDigest(wire(text.trim().slice(0, -1)))), `${text} cut`)
  }
  t.ok(new Secret('pässword').matches(headerDigest('pässword')), 'latin1, like fetch')
  t.notOk(new Secret('你').matches(headerDigest('`')), 'characters are not cut to their low byte')
  t.notOk(new Secret('?').matches(headerDigest(wire('你'))))
  t.ok(new Secret(' token\n').matches(headerDigest('token')), 'a line end from a file is no part of it')
  t.notOk(new Secret('Token').matches(headerDigest('token')), 'case counts')
})

t.test('a secret cannot be read back', async (t) => {
  const secret = new Secret('do-not-print')
  t.notMatch(`${inspect(secret, { showHidden: true, depth: 9 })} ${JSON.stringify(secret)} ${secret}`, /do-not-print/)
})

t.test('bearer credentials', async (t) => {
  const rows: [string, string | undefined][] = [
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    ['BEARER    abc', 'abc'],
    ['Bearer a b', 'a b'],
    [`Bearer ${wire('à')}`, wire('à')],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    ['Bearer   ', undefined],
    ['Bearer\tabc', undefined],
    ['Bearerabc', undefined],
    ['Basic abc', undefined],
    ['abc', undefined],
    ['', undefined],
    [' Bearer abc', undefined],
    ['Token abc', undefined],
  ]
  for (const [value, expected] of rows) t.equal(bearerOf(value), expected, JSON.stringify(value))
})

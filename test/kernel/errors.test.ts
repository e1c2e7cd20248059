import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { duringTurn, errorTable, GatewayError, toGatewayError } from '../../src/kernel/errors.js'

for (const [code, row] of Object.entries(errorTable)) {
  t.test(`${code} is a complete row`, async (t) => {
    t.match(code, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
    t.ok(row.status >= 400 && row.status < 600)
    t.match(row.ws, /^[A-Z_]+$/)
    t.ok(row.message.length > 10, 'it says something')
    t.notMatch(row.message, /undefined|\[object/)
  })
}

t.test('what is not ours becomes an internal error that keeps its cause', async (t) => {
  const cause = new Error('secret detail')
  const error = toGatewayError(cause)
  t.equal(error.code, 'internal_error')
  t.equal(error.cause, cause)
  t.notMatch(error.message, /secret/)
  const ours = new GatewayError('session_busy')
  t.equal(toGatewayError(ours), ours)
})

t.test('an error of a turn that had begun is the same error otherwise', async (t) => {
  const cause = new Error('why')
  const facts = { message: 'words', param: 'messages', details: { a: 1 }, retryAfterMs: 5, cause }
  const error = duringTurn(new GatewayError('upstream_error', facts))
  t.match(error, { code: 'upstream_error', started: true, ...facts })
  t.equal(duringTurn(error), error)
})

t.test('no row without somebody who uses it', async (t) => {
  const root = join(import.meta.dirname, '..', '..')
  const code = ['src', 'plugins', 'routes'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !/kernel.errors\.ts$|messages/.test(name))
      .map((name) => readFileSync(join(root, folder, name), 'utf8')),
  )
  for (const row of Object.keys(errorTable))
    t.ok(
      code.some((text) => text.includes(`'${row}'`)),
      row,
    )
})

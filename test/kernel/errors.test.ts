import t from 'tap'
import { errorTable, GatewayError, toGatewayError } from '../../src/kernel/errors.js'

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

import t from 'tap'
import { failureToError } from '../../src/models/failure.js'
import type { FailureClass, ModelFailure } from '../../src/models/types.js'

const operatorText = 'openai/gpt-5 at 10.0.0.7:8080: 400 internal words'

t.test('what callers see of each class', async (t) => {
  const rows: Record<FailureClass, [code: string, status: number]> = {
    auth: ['upstream_auth_failed', 502],
    rate_limit: ['rate_limit_exceeded', 429],
    overloaded: ['upstream_error', 502],
    timeout: ['upstream_timeout', 504],
    server: ['upstream_error', 502],
    billing: ['upstream_billing', 502],
    not_found: ['upstream_not_found', 404],
    overflow: ['context_length_exceeded', 400],
    format: ['upstream_rejected', 400],
    refusal: ['upstream_rejected', 400],
    cut: ['upstream_stream_interrupted', 502],
    aborted: ['run_aborted', 499],
  }
  for (const [kind, [code, status]] of Object.entries(rows) as [FailureClass, [string, number]][]) {
    const error = failureToError({ class: kind, message: operatorText, status: 400 })
    t.match(error, { code, started: true, details: { class: kind, status: 400 } }, kind)
    t.equal(error.row.status, status, kind)
    t.notMatch(error.message, /10\.0\.0\.7|internal words/, `${kind}: not the operator's text`)
    t.match((error.cause as Error).message, operatorText, kind)
    t.not(error.row.status, 401)
  }
})

t.test('what is passed on', async (t) => {
  const of = (failure: Partial<ModelFailure>) => failureToError({ class: 'format', message: operatorText, ...failure })
  t.match(of({ said: 'bad thing', param: 'messages[0]' }), { message: /bad thing/, param: 'messages[0]' })
  t.match(of({ class: 'refusal', said: 'flagged' }), { message: /flagged/, param: null })
  t.equal(of({ class: 'overflow' }).param, 'messages')
  t.equal(of({ class: 'rate_limit', retryAfterMs: 1500 }).retryAfterMs, 1500)
  t.equal(of({ class: 'rate_limit' }).retryAfterMs, 10_000)
  t.equal(of({ class: 'overloaded', retryAfterMs: 5 }).retryAfterMs, 5)
  t.equal(of({ class: 'server' }).retryAfterMs, undefined)
  t.equal(failureToError({ class: 'server', message: '' }, { started: false }).started, false)
})

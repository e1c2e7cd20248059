import t from 'tap'
import type { RunFinished } from '../../src/agents/events.js'
import { Metrics } from '../../src/metrics/metrics.js'
import { bearer, build } from '../helper/gateway.js'

const readings = { version: '1', profile: 'default', uptimeSeconds: 1, activeTurns: 0, configValid: true }
const usage = { input: 3, output: 2, cacheRead: 0, reasoning: 0, estimated: false }
const run = (more: Partial<RunFinished> = {}): RunFinished => ({
  runId: 'r',
  agent: 'main',
  provider: 'p',
  model: 'p/one',
  origin: 'http',
  outcome: 'ok',
  durationMs: 10,
  usage,
  sessionKey: undefined,
  final: { type: 'aborted', partial: '' },
  ...more,
})
const render = (metrics: Metrics) => metrics.render(readings).text

t.test('tokens of turns that failed count too', async (t) => {
  const metrics = new Metrics()
  for (const outcome of ['ok', 'error', 'aborted'] as const) metrics.run(run({ outcome }))
  const text = render(metrics)
  t.match(text, 'openclaw_model_tokens_total{model="p/one",token_type="input"} 9')
  t.match(text, 'openclaw_run_completed_total{model="p/one",provider="p",trigger="http",outcome="aborted"} 1')
})

t.test('a caller who names ever new models makes no endless list', async (t) => {
  const metrics = new Metrics()
  for (let n = 0; n < 1000; n += 1) metrics.run(run({ model: `p/${n}` }))
  metrics.run(run({ model: 'p/0' }))
  const text = render(metrics)
  t.equal(text.match(/^openclaw_run_completed_total\{/gm)?.length, 201)
  t.match(text, 'openclaw_run_completed_total{model="p/0",provider="p",trigger="http",outcome="ok"} 2')
  t.match(text, 'openclaw_run_completed_total{model="other",provider="other",trigger="http",outcome="ok"} 800')
})

t.test('the text format: cumulative buckets, escaped labels', async (t) => {
  const metrics = new Metrics()
  for (const seconds of [0.0004, 0.001, 0.3, 60]) {
    metrics.request({ method: 'GET', route: '/a"b\\c\nd', status: 200, seconds })
  }
  const { text, contentType } = metrics.render(readings)
  t.equal(contentType, 'text/plain; version=0.0.4; charset=utf-8')
  t.match(text, '# TYPE openclaw_http_requests_total counter\n')
  t.match(text, 'openclaw_http_requests_total{method="GET",route="/a\\"b\\\\c\\nd",status="200"} 4\n')
  const rows = text.split('\n').filter((row) => row.startsWith('openclaw_http_request_duration_seconds_'))
  t.strictSame(
    rows.map((row) =>
      row.replace(/\{.*?(le="[^"]*")?\}/, '{$1}').replace('openclaw_http_request_duration_seconds_', ''),
    ),
    [
      ...['0.0005"} 1', '0.001"} 2', '0.0025"} 2', '0.005"} 2', '0.01"} 2', '0.025"} 2', '0.05"} 2', '0.1"} 2'],
      ...['0.5"} 3', '1"} 3', '5"} 3', '30"} 3', '+Inf"} 4'],
    ]
      .map((end) => `bucket{le="${end}`)
      .concat('sum{} 60.3014', 'count{} 4'),
  )
  t.match(text, 'openclaw_gateway_build_info{version="1",profile="default"} 1\n')
})

t.test('labels hold neither URLs, nor sessions, nor prompts', async (t) => {
  const app = await build(t)
  const chat = { method: 'POST', url: '/v1/chat/completions', headers: bearer } as const
  await app.inject({ ...chat, payload: { user: 'my-session', messages: [{ role: 'user', content: 'my-prompt' }] } })
  for (let n = 0; n < 50; n += 1) {
    await app.inject({ url: `/nope-${n}` })
    await app.inject({ url: `/v1/models/model-${n}`, headers: bearer })
  }
  const { body } = await app.inject({ url: '/metrics', headers: bearer })
  t.match(body, 'openclaw_http_requests_total{method="GET",route="unknown",status="404"} 50')
  t.match(body, 'openclaw_http_requests_total{method="GET",route="/v1/models/:model",status="404"} 50')
  t.notMatch(body, /nope-|model-\d|my-session|my-prompt/)
})

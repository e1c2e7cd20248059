import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { testConfig, token } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { root } from '../openapi/_document.js'

const run = promisify(execFile)
/** Ten requests to this machine. */
const limitMs = 30_000
const skip = await run('curl', ['--version']).then(
  () => false,
  () => 'no curl on this machine',
)

t.test('the curl lines of openapi/examples work', { skip }, async (t) => {
  const echo = { agents: { defaults: { model: 'builtin/echo', embeddingModel: 'builtin/echo' } } }
  const hookToken = 'hook-token-0123456789abcdef'
  const gateway = await startGateway(t, testConfig({ ...echo, hooks: { enabled: true, token: hookToken } }))
  const script = join(root, 'openapi/examples/curl.sh')
  const env = {
    PATH: process.env.PATH ?? '',
    OPENCLAW_URL: gateway.url,
    OPENCLAW_GATEWAY_TOKEN: token,
    HOOKS_TOKEN: hookToken,
  }
  const { stdout, stderr } = await run('bash', [script], { env, timeout: limitMs })
  t.equal(stderr, '')
  for (const said of [
    '"status":"live"',
    '"ready":true',
    '"openclaw/main"',
    'data: [DONE]',
    '"object":"response"',
    '"totalCount":',
    '"embedding"',
    '"mode":"now"',
    '"runId":"hook_',
    '# HELP',
  ]) {
    t.ok(stdout.includes(said), said)
  }
  t.equal(stdout.match(/"object":"chat.completion"/g)?.length, 2)
  t.match(stdout, /^openapi\.json: 200, \d{4,} bytes$/m)
})

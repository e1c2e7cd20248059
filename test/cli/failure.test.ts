import t from 'tap'
import { withProfile } from '../../src/cli/error-text.js'
import { reportFailure } from '../../src/cli/failure.js'
import { loadMessages } from '../../src/cli/messages.js'
import { Output } from '../../src/cli/output.js'
import { unreachable } from '../../src/client/failures.js'
import { type ErrorCode, errorTable, GatewayError } from '../../src/kernel/errors.js'

const en = await loadMessages('en')
const zh = await loadMessages('zh-CN')

function report(error: unknown, { messages = en, profile = 'default', debug = false, json = true } = {}) {
  const written = { stdout: '', stderr: '' }
  const sink = (name: 'stdout' | 'stderr') => ({
    write(text: string) {
      written[name] += text
    },
  })
  const out = new Output({ stdout: sink('stdout'), stderr: sink('stderr'), json, noColor: true })
  const code = reportFailure(out, error, { messages, profile, debug })
  return { code, ...written }
}

t.test('every error of the table ends with its exit code and both its forms', async (t) => {
  for (const [code, row] of Object.entries(errorTable)) {
    const ran = report(new GatewayError(code as ErrorCode))
    t.equal(ran.code, row.exit, code)
    t.match(JSON.parse(ran.stdout), { ok: false, error: { type: /_error$/, code, message: String } })
    t.match(ran.stderr, /^\[openclaw\] ./, code)
  }
})

t.test('the next step keeps the profile', async (t) => {
  const missing = report(new GatewayError('config_missing'), { profile: 'rescue' })
  t.match(missing.stderr, /Run "openclaw --profile rescue setup"/)
  t.match(missing.stderr, /\nTry: openclaw --profile rescue setup\n/)
  t.equal(JSON.parse(missing.stdout).error.try, 'openclaw --profile rescue setup')
  const own = report(new GatewayError('usage', { message: 'No.', details: { next: 'config --help' } }))
  t.match(own.stderr, /Try: openclaw config --help/)
})

t.test('words that a throw site chose are kept: they know which profile they mean', async (t) => {
  const message = 'Stop it with "openclaw gateway stop".'
  const ran = report(new GatewayError('lock_held', { message }), { profile: 'rescue' })
  t.match(ran.stderr, message)
})

t.test('a gateway that is not reachable is told by kind, in the language of the user', async (t) => {
  const error = unreachable('refused', 'ws://127.0.0.1:18789')
  t.match(
    report(error).stderr,
    /Nothing listens at ws:\/\/127\.0\.0\.1:18789: the gateway is not running\.\nTry: openclaw gateway run/,
  )
  t.match(report(error, { messages: zh }).stderr, /ws:\/\/127\.0\.0\.1:18789 没有监听/)
  t.match(JSON.parse(report(error).stdout), {
    error: { type: 'gateway_transport_error', code: 'gateway_unreachable', kind: 'refused', url: /^ws:/ },
  })
  t.notOk('values' in JSON.parse(report(error).stdout).error)
})

t.test('an unexpected error says how to learn more, and with debug says it', async (t) => {
  const ran = report(new TypeError('boom'))
  t.equal(ran.code, 1)
  t.match(ran.stderr, /unexpectedly: boom\nSet OPENCLAW_DEBUG=1/)
  t.match(report(new TypeError('boom'), { debug: true }).stderr, /failure\.test\.ts/)
  t.match(report('thrown text').stderr, /thrown text/)
})

t.test('commands in a text get the profile, others do not', async (t) => {
  t.equal(withProfile('Run "openclaw setup" now', 'rescue'), 'Run "openclaw --profile rescue setup" now')
  t.equal(withProfile('Run "openclaw setup" now', 'default'), 'Run "openclaw setup" now')
  t.equal(
    withProfile('"openclaw --dev setup", an openclaw gateway', 'x'),
    '"openclaw --dev setup", an openclaw gateway',
  )
})

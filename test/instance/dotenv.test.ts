import { join } from 'node:path'
import t from 'tap'
import { resolveInstance } from '../../src/instance/resolve.js'
import type { Env } from '../../src/instance/types.js'
import { bareHost } from './helper.js'

const resolve = (home: string, env: Env = {}, cwd = join(home, 'work')) =>
  resolveInstance({ flags: {}, env: { HOME: home, ...env }, cwd, host: bareHost })

t.test('first setter wins: process, ./.env, <state>/.env, gateway.env', async (t) => {
  const home = t.testdir({
    work: { '.env': 'A=cwd\nB=cwd\nC=cwd\n' },
    '.openclaw': { '.env': 'A=state\nB=state\nD=state\nE="two words" # why\n' },
    '.config': { openclaw: { 'gateway.env': 'D=legacy\nF=legacy\n' } },
  })
  const { env, notices } = await resolve(home, { A: 'process' })
  t.match(env, { A: 'process', B: 'cwd', C: 'cwd', D: 'state', E: 'two words', F: 'legacy' })
  t.match(notices, [/gateway\.env also sets D; .*\.openclaw\/\.env wins/])
})

t.test('./.env sets neither controls nor credentials nor endpoints', async (t) => {
  const dropped = [
    'OPENCLAW_STATE_DIR',
    'OPENCLAW_GATEWAY_TOKEN',
    'OPENAI_API_KEY',
    'ANTHROPIC_AUTH_TOKEN',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'TELEGRAM_BOT_TOKEN',
    'DB_PASSWORD',
    'X_APIKEY',
    'OPENAI_BASE_URL',
    'AZURE_ENDPOINT',
    'MINIMAX_API_HOST',
    'MATRIX_HOMESERVER',
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'https_proxy',
    'PATH',
    'openai_api_key',
  ]
  const kept = ['NODE_ENV', 'PROJECT', 'TOKENIZER', 'KEYBOARD', 'BASE_URL_NOTE']
  const home = t.testdir({ work: { '.env': [...dropped, ...kept].map((name) => `${name}=evil`).join('\n') } })
  const { env, notices } = await resolve(home)
  for (const name of dropped) t.not(env[name], 'evil', name)
  for (const name of kept) t.equal(env[name], 'evil', name)
  t.equal(notices.length, 1, 'one line')
  t.match(notices[0], /ANTHROPIC_AUTH_TOKEN.* and 13 more\. Put credentials/)
  t.notMatch(notices[0], /evil/)
})

t.test('<state>/.env sets credentials and the port, not which gateway this is', async (t) => {
  const home = t.testdir({
    '.openclaw': {
      '.env':
        'OPENCLAW_GATEWAY_TOKEN=tok\nOPENCLAW_GATEWAY_PORT=7000\nOPENCLAW_PROFILE=ops\nOPENAI_API_KEY=k\nOPENCLAW_LOG_LEVEL=debug\n',
    },
  })
  const instance = await resolve(home)
  t.equal(instance.settings.token, 'tok')
  t.equal(instance.settings.logLevel, 'debug')
  t.same(instance.portOverride, { port: 7000, source: 'env' })
  t.equal(instance.profile, 'default')
  t.equal(instance.env.OPENAI_API_KEY, 'k')
  t.match(instance.notices, [/OPENCLAW_PROFILE/])
})

t.test('a blank OPENCLAW_ variable of the process does not hide the file, other blanks do', async (t) => {
  const home = t.testdir({ '.openclaw': { '.env': 'OPENCLAW_GATEWAY_TOKEN=tok\nOTHER=x\n' } })
  const instance = await resolve(home, { OPENCLAW_GATEWAY_TOKEN: '', OTHER: '' })
  t.equal(instance.settings.token, 'tok')
  t.equal(instance.env.OTHER, '')
})

t.test('started inside the state directory, its .env is trusted', async (t) => {
  const home = t.testdir({ '.openclaw': { '.env': 'OPENAI_API_KEY=k\n' } })
  const instance = await resolve(home, {}, join(home, '.openclaw'))
  t.equal(instance.env.OPENAI_API_KEY, 'k')
  t.same(instance.notices, [])
})

t.test('gateway.env counts for the default state only', async (t) => {
  const home = t.testdir({ '.config': { openclaw: { 'gateway.env': 'F=legacy\n' } } })
  t.equal((await resolve(home)).env.F, 'legacy')
  t.equal((await resolve(home, { OPENCLAW_PROFILE: 'ops' })).env.F, undefined)
})

t.test('a folder, a byte order mark, a file that is too large', async (t) => {
  const home = t.testdir({
    work: { '.env': {} },
    '.openclaw': { '.env': '\uFEFFA=1\n' },
    '.config': { openclaw: { 'gateway.env': `X=${'y'.repeat(1024 * 1024)}` } },
  })
  const { env, notices } = await resolve(home)
  t.equal(env.A, '1')
  t.equal(env.X, undefined)
  t.match(notices, [/gateway\.env: it is not a regular file of at most 1 MiB/])
})

t.test('no expansion of placeholders', async (t) => {
  const text = ['$', '{A}/v1'].join('')
  const home = t.testdir({ '.openclaw': { '.env': `A=1\nB=${text}\n` } })
  t.equal((await resolve(home)).env.B, text)
})

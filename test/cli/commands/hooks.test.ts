import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testConfig } from '../../helper/gateway.js'
import { cliFor } from '../harness.js'

const hooks = {
  enabled: true,
  token: 'hook-token-0123456789abcdef',
  presets: ['gmail'],
  mappings: [
    { id: 'push', name: 'GitHub', match: { path: 'github' }, signature: { scheme: 'github', secret: 's' } },
    { match: { path: 'bell' }, action: 'wake', transform: { module: 'bell.mjs' } },
  ],
  internal: {
    enabled: true,
    entries: {
      log: { on: ['turn:end'], command: ['cat', '-u'] },
      post: { enabled: false, on: ['cron:finished'], url: 'https://example.org/secret-path' },
    },
  },
}

t.test('list, info, check, enable, disable', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(testConfig({ hooks }))
  const { hooks: listed } = JSON.parse((await cli.run('hooks', 'list', '--json')).stdout)
  t.strictSame(
    listed.map(({ name, enabled, description }: Record<string, unknown>) => [name, enabled, description]),
    [
      ['/hooks/wake', true, 'POST: words for the main session'],
      ['/hooks/agent', true, 'POST: a turn of an agent'],
      ['GitHub', true, 'POST /hooks/github: agent, signed (github)'],
      ['bell', true, 'POST /hooks/bell: wake'],
      ['Gmail', true, 'POST /hooks/gmail: agent'],
      ['log', true, 'turn:end: cat'],
      ['post', false, 'cron:finished: POST https://example.org'],
    ],
  )
  const table = await cli.run('hooks', 'list')
  t.match(table.stdout, /^STATUS +HOOK +DESCRIPTION +SOURCE\n/)
  t.notMatch(table.stdout, /secret-path|hook-token/)
  t.match(await cli.run('hooks', 'info', 'push'), { code: 0, stdout: /push: on\n.*\n {4}hooks\.mappings\[0\]/ })
  t.match(await cli.run('hooks', 'info', 'GitHub'), { code: 0, stdout: /mappings\[0\]/ })
  t.match(await cli.run('hooks', 'info', 'none'), { code: 2, stderr: /There is no hook "none"/ })

  t.match(await cli.run('hooks', 'check'), { code: 1, stdout: /hooks\.mappings\[1\]\.transform: ENOENT/ })
  const folder = join(cli.home, '.openclaw', 'hooks', 'transforms')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'bell.mjs'), 'export default () => null')
  t.match(await cli.run('hooks', 'check'), { code: 0, stdout: /7 hooks, 6 on, 0 problems/ })

  t.equal((await cli.run('hooks', 'enable', 'post')).code, 0)
  t.equal((await cli.run('hooks', 'disable', 'log')).code, 0)
  const written = JSON.parse(readFileSync(join(cli.home, '.openclaw', 'openclaw.json'), 'utf8'))
  t.match(written.hooks.internal, { enabled: true, entries: { log: { enabled: false }, post: { enabled: true } } })
  t.match(await cli.run('hooks', 'disable', 'push'), { code: 2, stderr: /hooks\.enabled/ })
})

t.test('check names what is missing', async (t) => {
  const cli = cliFor(t)
  cli.writeConfig(
    testConfig({
      hooks: {
        enabled: true,
        mappings: [{ signature: {} }],
        internal: {
          entries: {
            official: { enabled: true },
            a: { on: ['turn:end'] },
            c: { url: 'https://x.example' },
            b: { on: ['turn:end'], command: ['no-such-program'] },
          },
        },
      },
    }),
  )
  const { problems } = JSON.parse((await cli.run('hooks', 'check', '--json')).stdout)
  t.match(problems, [
    /^hooks\.enabled needs hooks\.token/,
    /signature\.secret is not set/,
    /entries\.a has neither/,
    /entries\.c\.on names no event/,
    /entries\.b\.command: there is no program "no-such-program"/,
  ])
})

t.test('check knows the secrets of senders that are variables', async (t) => {
  const unset = `$${'{SENDER_OF_NOBODY}'}`
  const signed = (secret: unknown) => ({ match: { path: 'x' }, signature: { secret } })
  const reference = (id: string) => signed({ source: 'env', provider: 'default', id })
  const mappings = [signed(unset), reference('SENDER_OF_NOBODY'), signed('$SENDER_OF_NOBODY'), signed('')]
  const cli = cliFor(t, { env: { SENDER: 'a-secret-of-a-sender' } })
  const config = (all: object[]) =>
    testConfig({ hooks: { enabled: true, token: 'hook-token-01234567', mappings: all } })
  cli.writeConfig(config(mappings))
  const { problems } = JSON.parse((await cli.run('hooks', 'check', '--json')).stdout)
  const missing = (index: number) =>
    new RegExp(`mappings\\[${index}\\]\\.signature\\.secret names a variable that is not set`)
  t.match(problems, [missing(0), missing(1), missing(2), /mappings\[3\]\.signature\.secret is not set/])
  t.equal(problems.length, mappings.length)
  cli.writeConfig(config([reference('SENDER'), signed('$SENDER'), signed(`$${'{SENDER}'}`), signed('plain-secret')]))
  t.match(await cli.run('hooks', 'check'), { code: 0 })
})

t.test('check says why no call is let in at all', async (t) => {
  const cli = cliFor(t)
  const variable = `$${'{HOOKS_TOKEN_OF_NOBODY}'}`
  const same = 'one-secret-for-both-0123456789'
  const elsewhere = cliFor(t, { env: { OPENCLAW_GATEWAY_TOKEN: same } })
  elsewhere.writeConfig({ gateway: { mode: 'local' }, hooks: { enabled: true, token: same } })
  t.match(await elsewhere.run('hooks', 'check'), { code: 1, stdout: /equals the secret of the gateway/ })
  const gateway = { mode: 'local', auth: { mode: 'token', token: 'one-secret-for-both-0123456789' } }
  for (const [token, problem] of [
    ['one-secret-for-both-0123456789', /hooks\.token equals the secret of the gateway/],
    [variable, /hooks\.token names a variable that is not set: \$\{HOOKS_TOKEN_OF_NOBODY\}/],
  ] as const) {
    cli.writeConfig({ gateway, hooks: { enabled: true, token } })
    t.match(await cli.run('hooks', 'check'), { code: 1, stdout: problem })
  }
})

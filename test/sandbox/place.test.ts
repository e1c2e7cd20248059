import t from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { bytesOf } from '../../src/sandbox/bytes.js'
import { elevatedFor } from '../../src/sandbox/elevated.js'
import { placeOf } from '../../src/sandbox/place.js'
import { isSandboxed, sandboxName, scopeKeyOf } from '../../src/sandbox/scope.js'
import { sandboxSettings } from '../../src/sandbox/settings.js'

const paths = { home: '/home/me', state: '/home/me/.openclaw' }

t.test('where a command runs', async (t) => {
  const hosts = ['auto', 'sandbox', 'gateway', 'node'] as const
  /** Rows: `tools.exec.host`. Columns: what the call asks for, in the order of `hosts`. */
  const tables = {
    sandboxed: [
      ['auto', 'sandbox sandbox - -'],
      ['sandbox', 'sandbox sandbox - -'],
      ['gateway', 'gateway sandbox gateway -'],
      ['node', 'node sandbox - node'],
    ],
    open: [
      ['auto', 'gateway - gateway node'],
      ['sandbox', '- - - -'],
      ['gateway', 'gateway - gateway -'],
      ['node', 'node - - node'],
    ],
  } as const
  for (const [name, rows] of Object.entries(tables)) {
    for (const [configured, expected] of rows) {
      const row = hosts.map((wanted) => {
        try {
          return placeOf({ sandboxed: name === 'sandboxed', configured, wanted, elevated: false })
        } catch (error) {
          t.match(error, { code: 'exec_denied' })
          return '-'
        }
      })
      t.equal(row.join(' '), expected, `${name}, ${configured}`)
    }
  }
  t.equal(placeOf({ sandboxed: true, configured: 'auto', wanted: 'auto', elevated: true }), 'gateway')
  t.equal(
    placeOf({ sandboxed: true, configured: 'auto', wanted: 'sandbox', elevated: true }),
    'sandbox',
    'by its own wish',
  )
})

t.test('who may leave the sandbox', async (t) => {
  const ask = (elevated: object | undefined, own: object | undefined, who: { origin: string; sender?: string }) => {
    const tools = { ...(elevated && { elevated }) }
    const entries = { main: { ...(own && { tools: { elevated: own } }) } }
    return elevatedFor({ tools, agents: { entries } } as Config, 'main', who)
  }
  const me = { origin: 'telegram', sender: '42' }
  t.notOk(ask(undefined, undefined, me).allowed, 'nobody by default')
  t.ok(ask({ allowFrom: { telegram: ['42'] } }, undefined, me).allowed)
  t.ok(ask({ allowFrom: { telegram: [42] } }, undefined, me).allowed, 'ids may be numbers')
  t.ok(ask({ allowFrom: { telegram: ['*'] } }, undefined, me).allowed)
  t.notOk(ask({ allowFrom: { discord: ['42'] } }, undefined, me).allowed, 'per channel')
  t.notOk(ask({ allowFrom: { telegram: ['42'] } }, undefined, { origin: 'telegram' }).allowed, 'a sender is needed')
  t.notOk(ask({ allowFrom: { telegram: ['42'] } }, undefined, { origin: 'constructor', sender: '42' }).allowed)
  t.match(ask({ enabled: false, allowFrom: { telegram: ['42'] } }, undefined, me), {
    enabled: false,
    allowed: false,
    failures: [{ gate: 'enabled', key: 'tools.elevated.enabled' }],
  })
  const general = { allowFrom: { telegram: ['42', '43'] } }
  t.ok(ask(general, { allowFrom: { telegram: ['42'] } }, me).allowed)
  t.notOk(ask(general, { allowFrom: { telegram: ['43'] } }, me).allowed, 'an agent narrows')
  t.notOk(ask({ allowFrom: { telegram: ['43'] } }, { allowFrom: { telegram: ['42'] } }, me).allowed, 'and never widens')
  t.match(ask(general, { enabled: false }, me).failures, [{ key: 'agents.entries.main.tools.elevated.enabled' }])
})

t.test('which sessions, which sandbox', async (t) => {
  const main = { agent: 'main', sessionKey: 'agent:main:main' }
  const group = { agent: 'main', sessionKey: 'agent:main:telegram:group:7' }
  t.strictSame(
    [main, group].map((owner) => (['off', 'non-main', 'all'] as const).map((mode) => isSandboxed({ mode }, owner))),
    [
      [false, false, true],
      [false, true, true],
    ],
  )
  t.ok(isSandboxed({ mode: 'non-main' }, { agent: 'main', sessionKey: 'agent:other:main' }))
  t.strictSame(
    (['session', 'agent', 'shared'] as const).map((scope) => scopeKeyOf({ scope }, group)),
    ['agent:main:telegram:group:7', 'agent:main', 'shared'],
  )
  const guest = (id: string) => ({ ...main, guest: `telegram:direct:${id}` })
  t.notOk(isSandboxed({ mode: 'non-main' }, main))
  t.ok(isSandboxed({ mode: 'non-main' }, guest('7')), 'a stranger who writes directly is not the owner')
  t.notOk(isSandboxed({ mode: 'off' }, guest('7')))
  t.strictSame(
    (['session', 'agent', 'shared'] as const).map((scope) => scopeKeyOf({ scope }, guest('7'))),
    ['agent:main:telegram:direct:7', 'agent:main', 'shared'],
  )
  t.equal(scopeKeyOf({ scope: 'session' }, { ...group, guest: 'telegram:direct:7' }), group.sessionKey)
  const place = { state: '/a', workspace: '/w', scopeKey: 'agent:Main:../x y' }
  t.match(sandboxName('p-', place), /^p-agent-main-x-y-[0-9a-f]{12}$/)
  t.not(sandboxName('p-', place), sandboxName('p-', { ...place, state: '/b' }))
  t.not(sandboxName('p-', place), sandboxName('p-', { ...place, scopeKey: 'agent:main:x-y' }), 'like names stay apart')
})

t.test('settings', async (t) => {
  t.match(sandboxSettings({}, 'main', paths), {
    mode: 'off',
    backend: 'auto',
    scope: 'agent',
    workspaceAccess: 'none',
    workspaceRoot: '/home/me/.openclaw/sandboxes',
    prune: { idleHours: 24, maxAgeDays: 7 },
  })
  const config: Config = {
    agents: {
      defaults: {
        sandbox: { mode: 'all', workspaceRoot: '~/boxes', docker: { image: 'a', binds: ['/a:/a'], cpus: 2 } },
      },
      entries: {
        main: { sandbox: { docker: { image: 'b', binds: ['/b:/b'] } } },
        all: { sandbox: { scope: 'shared', docker: { image: 'b', binds: ['/b:/b'] } } },
      },
    },
  }
  t.match(sandboxSettings(config, 'main', paths), {
    mode: 'all',
    workspaceRoot: '/home/me/boxes',
    docker: { image: 'b', cpus: 2, binds: ['/a:/a', '/b:/b'] },
  })
  t.match(
    sandboxSettings(config, 'all', paths).docker,
    { image: 'a', binds: ['/a:/a'] },
    'what is shared is no agent its own',
  )
  t.strictSame(['512m', '1g', '1.5G', 1024, '2kb', '3MiB', 'x', ''].map(bytesOf), [
    536870912,
    1073741824,
    1610612736,
    1024,
    2048,
    3145728,
    undefined,
    undefined,
  ])
})

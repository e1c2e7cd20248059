import t from 'tap'
import { httpSessionKey } from '../../src/sessions/key.js'

const rules = { roster: { ids: ['main'], defaultId: 'main' }, mainKey: 'home', global: false }

const rows: [header: string | undefined, user: string | null | undefined, key: string | undefined][] = [
  [undefined, undefined, undefined],
  [undefined, null, undefined],
  [undefined, '', undefined],
  [undefined, 'conv:42', 'agent:main:openai-user:conv:42'],
  ['my-key', undefined, 'agent:main:my-key'],
  ['my-key', 'ignored', 'agent:main:my-key'],
  ['agent:main:main', undefined, 'agent:main:home'],
  ['main', undefined, 'agent:main:home'],
]
for (const [header, user, key] of rows) {
  t.test(`header ${header}, user ${user} is ${key}`, async (t) => {
    t.equal(httpSessionKey({ rules, agent: 'main', header, user }), key)
  })
}

const refused = [
  'subagent:x',
  'cron:x',
  'acp:x',
  'cron',
  'agent:main:cron:x',
  'agent:ghost:main',
  'agent:main:',
  '',
  'a\nb',
  'x'.repeat(300),
  'half a pair \ud800',
]
for (const header of refused) {
  t.test(`header ${JSON.stringify(header.slice(0, 20))} is refused`, async (t) => {
    t.throws(() => httpSessionKey({ rules, agent: 'main', header }), {
      code: 'invalid_request',
      param: 'x-openclaw-session-key',
    })
  })
}

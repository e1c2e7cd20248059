import t from 'tap'
import { hookSession, wordsSession } from '../../../src/automation/hooks/session.js'

const rules = { roster: { ids: ['main', 'mail', 'secret'], defaultId: 'main' }, mainKey: 'main', global: false }
const uuid = '[0-9a-f]{8}-[0-9a-f-]{27}'
const named = true

t.test('which session a hook gets', async (t) => {
  const own = hookSession(rules, {}, { named: false })
  t.match(own, { agent: 'main', own: true, sessionKey: new RegExp(`^agent:main:hook:${uuid}$`) })
  t.not(own.sessionKey, hookSession(rules, {}, { named: false }).sessionKey)
  const ingress = { defaultSessionKey: 'hook:ingress' }
  t.strictSame(hookSession(rules, ingress, { named: false }), {
    ...{ agent: 'main', sessionKey: 'agent:main:hook:ingress', lane: 'agent:main:hook:ingress', own: false },
  })
  t.match(hookSession(rules, ingress, { named: false, agentId: 'mail' }), { sessionKey: 'agent:mail:hook:ingress' })
  t.match(hookSession(rules, ingress, { named: false, mode: 'isolated' }), {
    ...{ lane: 'agent:main:hook:ingress', own: true },
    sessionKey: new RegExp(`^agent:main:hook:ingress:${uuid}$`),
  })
})

t.test('sessions that callers name need leave, and one of the prefixes', async (t) => {
  const may = { allowRequestSessionKey: true, allowedSessionKeyPrefixes: ['hook:', 'agent:mail:hook:'] }
  const wish = (sessionKey: string) => ({ sessionKey, named })
  t.throws(() => hookSession(rules, {}, wish('hook:x')), { code: 'invalid_request', param: 'sessionKey' })
  t.match(hookSession(rules, may, wish('hook:x')), { sessionKey: 'agent:main:hook:x', own: false })
  t.match(hookSession(rules, may, wish('agent:mail:hook:x')), { agent: 'mail' })
  for (const key of ['main', 'agent:main:main', 'agent:secret:main', ' main', 'xhook:']) {
    t.throws(() => hookSession(rules, may, wish(key)), { code: 'invalid_request' }, key)
    t.throws(() => wordsSession(rules, may, wish(key)), { code: 'invalid_request' }, key)
  }
  const bare = { allowRequestSessionKey: true }
  t.throws(() => hookSession(rules, bare, wish('main')), { code: 'invalid_request' }, 'without a list: no one else’s')
  t.match(hookSession(rules, bare, wish('hook:mine')), { sessionKey: 'agent:main:hook:mine' })
  t.match(hookSession(rules, {}, { sessionKey: 'hook:of-the-config', named: false }), { own: false })
})

t.test('agents that callers may name, also by the key of a session', async (t) => {
  const some = {
    allowedAgentIds: ['mail'],
    allowRequestSessionKey: true,
    allowedSessionKeyPrefixes: ['x', 'agent:', 'main', 'global'],
  }
  t.match(hookSession(rules, some, { named, agentId: 'mail' }), { agent: 'mail' })
  t.match(hookSession(rules, some, { named }), { agent: 'main' }, 'the default agent needs no naming')
  for (const wish of [{ agentId: 'secret' }, { sessionKey: 'agent:secret:x' }]) {
    t.throws(() => hookSession(rules, some, { named, ...wish }), { code: 'invalid_request', param: 'agentId' })
  }
  t.throws(() => hookSession(rules, { allowedAgentIds: [] }, { named, agentId: 'main' }), { code: 'invalid_request' })
  t.match(hookSession(rules, { allowedAgentIds: ['*'] }, { named, agentId: 'secret' }), { agent: 'secret' })
  t.throws(() => hookSession(rules, {}, { named, agentId: 'ghost' }), { code: 'agent_not_found' })
  t.match(wordsSession(rules, {}, { named: false, agentId: 'mail' }), { sessionKey: 'agent:mail:main' })
})

import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { build, testConfig, token } from '../helper/gateway.js'
import { openConfig, resultOf } from '../helper/rpc.js'

async function stage(t: Test): Promise<FastifyInstance> {
  const config = testConfig({
    agents: { defaults: { model: 'builtin/echo', sandbox: { mode: 'non-main' } }, entries: { main: {} } },
  }) as {
    gateway: object
  }
  return build(t, { ...config, gateway: { ...config.gateway, tools: { allow: ['gateway'] } } })
}

const call = async (app: FastifyInstance, args: object) => {
  const { ok, output, error } = await resultOf(app, 'tools.invoke', { name: 'gateway', args })
  return ok ? (output.content[0].text as string) : `error: ${error.message}`
}

const hashIn = (text: string) => /\[baseHash (\w+)\]/.exec(text)?.[1]
const onDisk = ({ runtime }: FastifyInstance) => readFileSync(runtime.instance.paths.config, 'utf8')

t.test('an agent of the owner reads the config and changes it', async (t) => {
  const app = await stage(t)
  const read = await call(app, { action: 'config.get' })
  t.notMatch(read, token, 'secrets are hidden')
  t.match(await call(app, { action: 'config.get', path: 'agents.defaults.model' }), /^"builtin\/echo"\n/)
  t.match(await call(app, { action: 'config.schema.lookup', path: 'session.reset' }), /atHour/)
  const raw = '{ session: { reset: { atHour: 5 } } }'
  const changed = await call(app, { action: 'config.patch', raw, baseHash: hashIn(read) })
  t.match(changed, /^Changed: session\.reset[.\w]*\.\n\[baseHash/)
  t.equal(app.runtime.config.current.session?.reset?.atHour, 5, 'it runs')
  t.match(await call(app, { action: 'config.patch', raw, baseHash: hashIn(read) }), /error: config changed since/)
  t.match(
    await call(app, { action: 'config.patch', raw: '{ sessoin: {} }', baseHash: hashIn(changed) }),
    /error: .*sessoin/,
  )
})

t.test('no agent changes the walls around it', async (t) => {
  const app = await stage(t)
  const before = onDisk(app)
  const baseHash = hashIn(await call(app, { action: 'config.get' }))
  const attempts: object[] = [
    { gateway: { auth: { mode: 'none' } } },
    { gateway: { tools: { allow: ['gateway', 'exec'] } } },
    { tools: { exec: { security: 'full' } } },
    { tools: { exec: { ask: 'off' } } },
    { tools: { elevated: { allowFrom: { webchat: ['*'] } } } },
    { tools: { sessions: { visibility: 'all' } } },
    { agents: { defaults: { sandbox: { mode: 'off' } } } },
    { agents: { entries: { main: { tools: { profile: 'full' } } } } },
    { agents: { entries: { free: { sandbox: { mode: 'off' } } } } },
    { agents: { defaults: null } },
    { channels: { telegram: { groups: { '*': { tools: { allow: ['*'] } } } } } },
    { env: { vars: { NODE_OPTIONS: '--require ./x.js' } } },
    { session: { mainKey: 'x' }, tools: { allow: ['*'] } },
    // What is run.
    { channels: { signal: { enabled: true, account: '+1555', cliPath: '/tmp/workspace/x.sh' } } },
    { models: { providers: { a: { baseUrl: 'http://127.0.0.1:1', localService: { command: '/tmp/x.sh' } } } } },
    { agents: { defaults: { models: { 'a/b': { agentRuntime: { id: 'claude-cli' } } } } } },
    { mcp: { servers: { x: { command: '/tmp/x.sh' } } } },
    // Where keys and words go.
    { models: { providers: { openai: { baseUrl: 'https://evil.example/v1' } } } },
    { memory: { search: { provider: 'openai', remote: { baseUrl: 'https://evil.example/v1' } } } },
    { tools: { web: { search: { provider: 'searxng', searxng: { baseUrl: 'http://127.0.0.1:8080' } } } } },
    { agents: { defaults: { heartbeat: { target: 'telegram', to: '666' } } } },
    { cron: { failureAlert: { mode: 'announce', channel: 'telegram', to: '666' } } },
    { logging: { file: '/tmp/x.log' } },
    // What is read.
    { memory: { search: { extraPaths: ['/'] } } },
    { agents: { defaults: { memorySearch: { extraPaths: ['/home'] } } } },
    { skills: { load: { extraDirs: ['/tmp/evil'] } } },
    { agents: { entries: { main: { identity: { avatar: '/etc/passwd' } } } } },
    // Who may come in, and who answers.
    { accessGroups: { friends: { type: 'message.senders', members: { '*': ['666'] } } } },
    { channels: { telegram: { groups: { '*': {} } } } },
    { bindings: [{ agentId: 'main', match: { channel: 'telegram' } }] },
    { broadcast: { x: ['main'] } },
    { session: { dmScope: 'main' } },
    { session: { identityLinks: { me: ['telegram:666'] } } },
    { agents: { entries: { main: { subagents: { allowAgents: ['*'] } } } } },
    { agents: { entries: { free: { name: 'Free' } } } },
    { agents: { entries: { main: null } } },
    { gateway: { nodes: { pairing: { autoApproveCidrs: ['0.0.0.0/0'] } } } },
    { gateway: { nodes: { commands: { allow: ['system.run'] } } } },
    { gateway: { roles: { definitions: { all: { scopes: ['operator.admin'] } } } } },
    { gateway: { http: { endpoints: { chatCompletions: { enabled: false } } } } },
    { gateway: { allowRealIpFallback: true } },
    { budgets: { a: {} } },
    { security: { audit: { suppressions: [{ checkId: 'x', reason: 'y' }] } } },
    // What others are told, and what the environment holds.
    { agents: { defaults: { systemPrompt: 'Obey.' } } },
    { messages: { messagePrefix: 'Obey.' } },
    { messages: { responsePrefix: '$'.concat('{HOME}') } },
  ]
  for (const attempt of attempts) {
    const raw = JSON.stringify(attempt)
    const answer = await call(app, { action: 'config.patch', raw, baseHash })
    t.match(answer, /^error: (?:Agents may not change |invalid config: )/, raw)
  }
  const whole = JSON.stringify({ gateway: { mode: 'local', auth: { mode: 'none' } } })
  t.match(await call(app, { action: 'config.apply', raw: whole, baseHash }), /^error: Agents may not change /)
  t.equal(onDisk(app), before)
})

t.test('only for the owner, and over direct calls only where gateway.tools.allow names it', async (t) => {
  const ask = async (tools: object, scopes: string) => {
    const app = await build(t, openConfig({ gateway: { mode: 'local', auth: { mode: 'none' }, tools } }))
    const headers = { 'x-openclaw-scopes': scopes }
    const payload = { tool: 'gateway', action: 'config.get' }
    return app.inject({ method: 'POST', url: '/tools/invoke', headers, payload })
  }
  const allow = ['gateway']
  t.equal((await ask({ allow }, 'operator.admin')).statusCode, 200)
  t.match((await ask({ allow }, 'operator.write')).json(), { error: { details: { layer: 'owner' } } })
  t.match((await ask({}, 'operator.admin')).json(), { error: { details: { layer: 'direct' } } })
})

t.test('an agent changes how it looks and answers', async (t) => {
  const app = await stage(t)
  const changes: object[] = [
    { agents: { defaults: { model: 'builtin/other', thinkingDefault: 'low', timeoutSeconds: 60 } } },
    { agents: { defaults: { models: { 'builtin/echo': { alias: 'e' } }, heartbeat: { every: '2h' } } } },
    { agents: { entries: { main: { name: 'Ann', identity: { emoji: '🦞' } } } } },
    { agents: { entries: { main: { identity: null } } } },
    { session: { resetByType: { group: { mode: 'idle', idleMinutes: 5 } } } },
    { messages: { ackReaction: '👍', queue: { mode: 'steer' } }, cron: { maxConcurrentRuns: 2 } },
    { messages: null },
    { logging: { level: 'info' } },
  ]
  for (const change of changes) {
    const baseHash = hashIn(await call(app, { action: 'config.get' }))
    const raw = JSON.stringify(change)
    t.match(await call(app, { action: 'config.patch', raw, baseHash }), /^Changed: /, raw)
  }
})

t.test('no agent names a file that it could write later', async (t) => {
  const app = await stage(t)
  const read = await call(app, { action: 'config.get' })
  const before = onDisk(app)
  const include = { $include: './workspace/notes.json5' }
  for (const raw of [
    { ...include, ...JSON.parse(before) },
    { ...JSON.parse(before), session: include },
  ]) {
    const answer = await call(app, { action: 'config.apply', raw: JSON.stringify(raw), baseHash: hashIn(read) })
    t.match(answer, /error: .*\$include cannot be set from here/)
  }
  const raw = JSON.stringify({ session: include })
  t.match(await call(app, { action: 'config.patch', raw, baseHash: hashIn(read) }), /error: .*\$include/)
  t.equal(onDisk(app), before)
})

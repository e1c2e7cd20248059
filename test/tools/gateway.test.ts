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
  ]
  for (const attempt of attempts) {
    const raw = JSON.stringify(attempt)
    t.match(await call(app, { action: 'config.patch', raw, baseHash }), /^error: Agents may not change /, raw)
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

import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Clock } from '../../../src/kernel/clock.js'
import { runGateway } from '../../../src/main.js'
import { type Body, TelegramServer } from '../../channels/telegram/server.js'
import { until } from '../../helper/calls.js'
import { testConfig, testInstance, upstreamConfig } from '../../helper/gateway.js'
import { type Reply, type Seen, startUpstream } from '../../helper/upstream.js'

export const hookToken = 'hook-token-0123456789abcdef'
export const withToken = { authorization: `Bearer ${hookToken}` }

export interface HookStage {
  readonly hooks?: Body
  readonly more?: Body
  readonly script?: ((seen: Seen) => Reply | string | Promise<Reply | string>) | string
  readonly telegram?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly clock?: Clock
}

/** A gateway that listens, with hooks, a scripted model and, if wanted, a bot. */
export async function hookStage(
  t: Test,
  { hooks = {}, more = {}, script = 'done', telegram, env = {}, clock }: HookStage = {},
) {
  const api = telegram ? await new TelegramServer().start(t) : undefined
  const upstream = await startUpstream(t, script as never)
  const bot = api && { botToken: api.token, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'], streaming: 'off' }
  const config = testConfig({
    ...upstreamConfig(upstream.baseUrl),
    ...(bot && { channels: { telegram: bot } }),
    hooks: { enabled: true, token: hookToken, ...hooks },
    ...more,
  }) as Body
  const instance = await testInstance(t, config, {}, env)
  const start = async () => {
    const gateway = await runGateway(instance, { port: 0, bind: 'loopback' }, clock && { clock })
    t.teardown(() => gateway.close('the test is over'))
    return gateway
  }
  let gateway = await start()
  /** The same profile again. */
  const restart = async () => {
    await gateway.close('again')
    gateway = await start()
  }
  const writeConfig = (next: Body) => writeFileSync(instance.paths.config, JSON.stringify(next))
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = withToken) =>
    fetch(`${gateway.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  /** The answer of a call that is taken. */
  const taken = async (...call: Parameters<typeof post>): Promise<Body> => (await post(...call)).json() as Promise<Body>
  /** What the model was asked, its last message each time; not that a hook has woken the main session. */
  const asked = () =>
    upstream.requests
      .map((seen) => String(((seen.body.messages ?? []) as Body[]).at(-1)?.content))
      .filter((text) => !text.startsWith('Something has happened'))
  const told = async (count: number) => {
    await until(() => asked().length >= count)
    return asked()
  }
  return { api, upstream, instance, gateway, restart, writeConfig, config, post, taken, asked, told }
}

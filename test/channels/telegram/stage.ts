import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { resolveInstance } from '../../../src/instance/resolve.js'
import type { Clock } from '../../../src/kernel/clock.js'
import { type RunningGateway, runGateway } from '../../../src/main.js'
import { testFolder } from '../../helper/folder.js'
import { testConfig, testInstance, upstreamConfig } from '../../helper/gateway.js'
import { type Reply, type Seen, startUpstream } from '../../helper/upstream.js'
import { type Body, TelegramServer } from './server.js'

type Script = Reply | string | ((seen: Seen) => Reply | string | Promise<Reply | string>)

export interface StageOptions {
  readonly script?: Script
  readonly telegram?: Body
  readonly more?: Body
  /** More keys of the section `agents`. */
  readonly agents?: Body
  readonly server?: TelegramServer
  readonly clock?: Clock
}

/** A whole gateway with one bot and a scripted model, which answers each message at once unless the config says more. */
export async function stage(
  t: Test,
  { script = 'hello from the model', telegram = {}, more = {}, agents: own = {}, server, clock }: StageOptions = {},
) {
  const api = server ?? (await new TelegramServer().start(t))
  const upstream = await startUpstream(t, script as never)
  const { models, agents: usual } = upstreamConfig(upstream.baseUrl) as Body
  const agents = { ...usual, ...own, defaults: { ...usual.defaults, ...own.defaults } }
  models.providers.upstream.models[0].input = ['text', 'image']
  const keys = { botToken: api.token, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'], ...telegram }
  const config = testConfig({
    models,
    agents,
    channels: { telegram: keys },
    ...more,
    messages: { inbound: { debounceMs: 0 }, ...more.messages },
  })
  const instance = await testInstance(t, config)
  let running = instance
  const start = async (of = instance): Promise<RunningGateway> => {
    const gateway = await runGateway(of, { port: 0, bind: 'loopback' }, clock && { clock })
    t.teardown(() => gateway.close())
    running = of
    return gateway
  }
  const rewrite = (change: (tree: Body) => void) => {
    const tree = JSON.parse(JSON.stringify(config))
    change(tree)
    writeFileSync(instance.paths.config, JSON.stringify(tree))
  }
  /** The disk as it is now, as the next start finds it after kill -9; gives the way to make that start. */
  const snapshot = () => {
    const home = testFolder(t)
    cpSync(running.paths.home, home, { recursive: true })
    return async () =>
      start(
        await resolveInstance({
          flags: {},
          env: { HOME: home, PATH: '/usr/bin:/bin' },
          cwd: home,
          host: { tmpDir: join(home, 'tmp') },
        }),
      )
  }
  return { api, upstream, instance, start, snapshot, rewrite, gateway: await start() }
}

/** What the model was asked last, for each of its calls. */
export const asked = (requests: readonly Seen[]) =>
  requests.map(({ body }) => {
    const last = ((body.messages ?? []) as Body[]).at(-1)
    return typeof last?.content === 'string' ? last.content : JSON.stringify(last?.content)
  })

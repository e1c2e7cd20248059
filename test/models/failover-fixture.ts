import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildGateway } from '../../src/app.js'
import type { Instance } from '../../src/instance/types.js'
import { type Clock, systemClock } from '../../src/kernel/clock.js'
import { bearer, testConfig, testInstance } from '../helper/gateway.js'
import { type Reply, type Script, startUpstream, type Upstream } from '../helper/upstream.js'

/** The real clock, moved forward by hand as well. */
export class ShiftedClock implements Clock {
  #shift = 0
  now = () => systemClock.now() + this.#shift
  monotonic = () => systemClock.monotonic() + this.#shift
  after = systemClock.after

  shift(ms: number): void {
    this.#shift += ms
  }
}

export interface Gateway {
  readonly instance: Instance
  readonly clock: ShiftedClock
  app: FastifyInstance
  /** Upstreams by provider. */
  readonly up: Readonly<Record<string, Upstream>>
  /** Notices to sessions, in order. */
  readonly notices: string[]
  ask(text: string, more?: Ask): Promise<Answered>
  /** Closes the gateway and opens it again on the same state. */
  restart(): Promise<void>
}

export interface Ask {
  readonly session?: string
  readonly model?: string
  readonly stream?: boolean
  readonly content?: unknown
}

export interface Answered {
  readonly status: number
  readonly text: string
  readonly body: string
  readonly error: { readonly code: string; readonly message: string }
  readonly headers: Readonly<Record<string, unknown>>
}

/** A failure that asks for the next attempt at once, so that no test waits. */
export const fails = (status: number, message = 'no', more: Reply = {}): Reply => ({
  status,
  body: { error: { message } },
  headers: { 'retry-after-ms': '1' },
  ...more,
})

/** A gateway with one provider for each script, whose models stand in for each other in this order. */
export async function gatewayWith(
  t: Test,
  scripts: Readonly<Record<string, Script>>,
  settings: (up: Gateway['up']) => object = () => ({}),
  files: (instance: Instance) => void = () => {},
  env: Readonly<Record<string, string>> = {},
): Promise<Gateway> {
  const started = Object.entries(scripts).map(async ([name, script]) => [name, await startUpstream(t, script)] as const)
  const up = Object.fromEntries(await Promise.all(started))
  const [primary, ...fallbacks] = Object.keys(up).map((name) => `${name}/one`)
  const providers = Object.fromEntries(
    Object.entries(up).map(([name, { baseUrl }]) => [
      name,
      { baseUrl, apiKey: `key-of-${name}`, models: [{ id: 'one' }] },
    ]),
  )
  const config = testConfig({
    models: { providers },
    agents: { defaults: { model: { primary, fallbacks } } },
    ...settings(up),
  })
  const instance = await testInstance(t, config, {}, env)
  files(instance)
  const clock = new ShiftedClock()
  const notices: string[] = []
  const open = async () => {
    const app = await buildGateway(instance, { clock })
    app.runtime.bus.on('run.event', ({ event }) => {
      if (event.type === 'notice') notices.push(event.text)
    })
    return app
  }
  const gateway: Gateway = {
    instance,
    clock,
    up,
    notices,
    app: await open(),
    ask: (text, more) => ask(gateway.app, text, more),
    async restart() {
      await gateway.app.close()
      gateway.app = await open()
    },
  }
  t.teardown(() => gateway.app.close())
  return gateway
}

async function ask(app: FastifyInstance, text: string, { session, model, stream = false, content }: Ask = {}) {
  const answer = await app.inject({
    method: 'POST',
    url: '/v1/chat/completions',
    headers: {
      ...bearer,
      ...(session !== undefined && { 'x-openclaw-session-key': session }),
      ...(model !== undefined && { 'x-openclaw-model': model }),
    },
    payload: { model: 'openclaw', stream, messages: [{ role: 'user', content: content ?? text }] },
  })
  const parsed = stream ? undefined : answer.json()
  return {
    status: answer.statusCode,
    text: parsed?.choices?.[0].message.content ?? '',
    body: answer.body,
    error: parsed?.error,
    headers: answer.headers,
  }
}

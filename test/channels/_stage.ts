import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import { type RunningGateway, runGateway } from '../../src/main.js'
import { cliFor } from '../cli/harness.js'
import { testConfig, testInstance, token, upstreamConfig } from '../helper/gateway.js'
import { connected } from '../helper/socket.js'
import { type Reply, type Seen, startUpstream } from '../helper/upstream.js'

// biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever comes
export type Body = Record<string, any>

export interface StageOptions {
  readonly channel: string
  /** The section of the channel. */
  readonly keys: Body
  /** Other sections of the config. */
  readonly more?: Body
  readonly script?: Reply | string | ((seen: Seen) => Reply | string)
}

/** A whole gateway with one channel and a scripted model. */
export async function stageOf(t: Test, { channel, keys, more = {}, script = 'hello from the model' }: StageOptions) {
  const upstream = await startUpstream(t, script as never)
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  models.providers.upstream.models[0].input = ['text', 'image']
  const section = { dmPolicy: 'open', allowFrom: ['*'], ...keys }
  const config = testConfig({ models, agents, channels: { [channel]: section }, ...more })
  const instance = await testInstance(t, config)
  const start = async (): Promise<RunningGateway> => {
    const gateway = await runGateway(instance, { port: 0, bind: 'loopback' })
    t.teardown(() => gateway.close())
    return gateway
  }
  const rewrite = (change: (section: Body) => void) => {
    const tree = JSON.parse(JSON.stringify(config))
    change(tree.channels[channel])
    writeFileSync(instance.paths.config, JSON.stringify(tree))
  }
  const gateway = await start()
  const wire = gateway.url.replace('http', 'ws')
  const approve = (code: string) =>
    cliFor(t, { home: instance.paths.home }).run('pairing', 'approve', channel, code, '--url', wire, '--token', token)
  const socket = await connected(t, wire)
  /** What `channels.status` says of the first account. */
  const state = async (): Promise<Body> => (await socket.call('channels.status', {})).channelAccounts[channel][0]
  return { upstream, instance, start, rewrite, gateway, approve, socket, state }
}

/** What the model was asked last, for each of its calls. */
export const asked = (requests: readonly Seen[]) =>
  requests.map(({ body }) => {
    const last = ((body.messages ?? []) as Body[]).at(-1)
    return typeof last?.content === 'string' ? last.content : JSON.stringify(last?.content)
  })

export const pairingCode = (text: unknown) => /Pairing code: ([A-Z2-9]{8})/.exec(String(text))?.[1] ?? ''

/** A sign that a message was heard, on whatever it is, and gone after the answer. */
export const heardSigns = { messages: { ackReaction: '👀', ackReactionScope: 'all', removeAckAfterReply: true } }

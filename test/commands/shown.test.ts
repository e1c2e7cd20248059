import t, { type Test } from 'tap'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { ProtocolSchema } from '../helper/protocol-schema.js'
import { startGateway } from '../helper/running.js'
import { connected } from '../helper/socket.js'
import { type Script, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const protocol = new ProtocolSchema()

async function stage(t: Test, script: Script) {
  const upstream = await startUpstream(t, script)
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const config = { models, agents: { defaults: { ...agents.defaults, workspace: t.testdir() } } }
  const gateway = await startGateway(t, testConfig(config))
  const socket = await connected(t, gateway.url.replace('http', 'ws'))
  const say = async (message: string) => {
    await socket.call('chat.send', { sessionKey: 'main', message, idempotencyKey: message })
    const ended = ({ state, runId }: Body) => state !== 'delta' && runId === message
    const { payload } = await socket.event('chat', ended)
    t.strictSame(protocol.problems('ChatFinalEvent', payload), [])
    return payload.message.content as Body[]
  }
  const tools = () => socket.frames.filter(({ event, payload }) => event === 'agent' && payload.stream === 'tool')
  return { say, tools, socket }
}

t.test('/usage puts a line under the next answers, /reasoning shows what the model thought', async (t) => {
  const { say, socket } = await stage(t, { text: 'answer', reasoning: 'hm' })
  t.match(await say('one'), [{ text: 'answer' }])
  await say('/usage tokens')
  const [answer, line] = await say('two')
  t.equal(answer?.text, 'answer')
  t.match(line?.text, /Usage: \d+ in, \d+ out$/)
  await say('/usage off')
  await say('/reasoning stream')
  t.match(await say('three'), [
    { type: 'thinking', thinking: 'hm' },
    { type: 'text', text: 'answer' },
  ])
  const thoughts = socket.frames.filter(({ event, payload }) => event === 'agent' && payload.stream === 'thinking')
  t.match(thoughts[0]?.payload, { runId: 'three', data: { text: /^h/ } })
  t.match(await say('four /reasoning off'), [{ type: 'text', text: 'answer' }])
})

t.test('/verbose shows tool calls to clients that did not ask for their events', async (t) => {
  const toolCalls = [{ id: 'a', name: 'exec', arguments: '{"command":"echo seen"}' }]
  const script: Script = ({ body }) => ((body.messages as Body[]).at(-1)?.role === 'tool' ? 'done' : { toolCalls })
  const { say, tools } = await stage(t, script)
  await say('quiet')
  t.equal(tools().length, 0)
  await say('/verbose on')
  await say('loud')
  t.strictSame(
    tools()
      .map(({ payload }) => payload.data.phase)
      .filter((phase) => phase !== 'update'),
    ['start', 'result'],
  )
})

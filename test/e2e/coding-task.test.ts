import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { postChat } from '../helper/calls.js'
import { runClient } from '../helper/clients.js'
import { brokenProgram, codingModel, codingSteps } from '../helper/coding-task.js'
import { bearer, eventData, testConfig, token, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/running.js'
import { connected } from '../helper/socket.js'
import { type Seen, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const said = 'Let me look at the program.\n\nThere is the mistake.\n\nThe sum is right now.'
const toolNames = ['read', 'edit', 'exec', 'process', 'apply_patch']

async function stage(t: Test) {
  const upstream = await startUpstream(t, codingModel)
  const workspace = t.testdir()
  brokenProgram(workspace)
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const config = testConfig({ models, agents: { defaults: { ...agents.defaults, workspace } } })
  const gateway = await startGateway(t, config)
  const mended = () => readFileSync(join(workspace, 'sum.mjs'), 'utf8')
  return { upstream, gateway, mended }
}

const mendedText = '// Adds two numbers.\nexport const sum = (a, b) => a + b\n'

t.test('a coding task over HTTP: read, edit, a check in the background, poll, patch, answer', async (t) => {
  const { upstream, gateway, mended } = await stage(t)
  const response = await postChat(gateway, { stream: true, user: 'dev', stream_options: { include_usage: true } })
  const chunks = eventData(await response.text())
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data))
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  t.equal(text, said)
  t.notOk(JSON.stringify(chunks).includes('tool_calls'), 'calls of the gateway’s own tools are not the caller’s')
  t.equal(chunks.find(({ choices }) => choices[0]?.finish_reason)?.choices[0].finish_reason, 'stop')
  t.equal(chunks.at(-1).usage.completion_tokens, 7 * codingSteps, 'usage over all model calls')
  t.equal(mended(), mendedText)
  const results = bodyOf(upstream.requests.at(-1)).filter(({ role }) => role === 'tool')
  t.match(results[3]?.content, /check passed/)
  t.equal(upstream.requests.length, codingSteps)

  t.comment('the client sends its whole history once more: it is recognised and not repeated')
  const history = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: said },
    { role: 'user', content: 'thanks' },
  ]
  await postChat(gateway, { user: 'dev', messages: history })
  const again = conversationOf(upstream.requests[codingSteps])
  t.strictSame(
    again.map(({ role }) => role).filter((role) => role === 'user'),
    ['user', 'user'],
  )
  t.equal(again.filter(({ role }) => role === 'tool').length, toolNames.length, 'results stay in the conversation')
})

t.test('the same with the official SDK', { timeout: 60_000 }, async (t) => {
  const { gateway, mended } = await stage(t)
  const env = { GATEWAY_URL: gateway.url, GATEWAY_TOKEN: token, STEPS: 'stream' }
  const { stdout, stderr } = await runClient('openai.mjs', env)
  t.equal(stderr, '')
  const { ok, value } = JSON.parse(stdout)
  t.ok(ok)
  t.equal(value.deltas.join(''), said)
  t.match(value.choice, { finish_reason: 'stop', message: { content: said, tool_calls: undefined } })
  t.equal(value.usage.completion_tokens, 7 * codingSteps)
  t.equal(mended(), mendedText)
})

t.test('the same over WebSocket, with live tool events and a transcript that replays', async (t) => {
  const { upstream, gateway, mended } = await stage(t)
  const url = gateway.url.replace('http', 'ws')
  const socket = await connected(t, url, { caps: ['tool-events'] })
  const plain = await connected(t, url)
  await socket.call('chat.send', { sessionKey: 'main', message: 'mend it', idempotencyKey: 'run-1' })
  const final = await socket.event('chat', ({ state }) => state === 'final')
  t.equal(final.payload.message.content[0].text, said)
  t.equal(mended(), mendedText)

  const agent = socket.frames.filter(({ event }) => event === 'agent').map(({ payload }) => payload)
  const tools = agent.filter(({ stream }) => stream === 'tool').map(({ data }) => data)
  for (const name of toolNames) {
    t.match(
      tools.filter((data) => data.name === name && data.phase !== 'update'),
      [
        { phase: 'start', args: {} },
        { phase: 'result', isError: false, result: { content: [{ type: 'text' }] } },
      ],
      name,
    )
  }
  t.strictSame(
    agent.map(({ seq }) => seq),
    agent.map((_, index) => index + 1),
  )
  await plain.event('chat', ({ state }) => state === 'final')
  const seen = plain.frames.filter(({ event, payload }) => event === 'agent' && payload.stream === 'tool')
  t.strictSame(seen, [], 'only for clients that can show them')

  const history = ((await socket.call('chat.history', { sessionKey: 'main' })) as Body).messages as Body[]
  t.strictSame(
    history.map(({ role }) => role),
    ['user', ...toolNames.flatMap(() => ['assistant', 'toolResult']), 'assistant'],
  )
  await socket.call('chat.send', { sessionKey: 'main', message: 'and now?', idempotencyKey: 'run-2' })
  await socket.event('chat', ({ state, runId }) => state === 'final' && runId === 'run-2')
  const replayed = conversationOf(upstream.requests[codingSteps])
  t.strictSame(
    replayed.slice(0, -1).map(({ role }) => role),
    ['user', ...toolNames.flatMap(() => ['assistant', 'tool']), 'assistant'],
    'the next turn sees what happened',
  )
})

/** What was said; the end of the command in the background may be told besides. */
function conversationOf(request: Seen | undefined): Body[] {
  return bodyOf(request).filter(({ role, content }) => role !== 'system' && !String(content).startsWith('System: '))
}

function bodyOf(request: Seen | undefined): Body[] {
  return (request?.body.messages ?? []) as Body[]
}

t.test('a caller may see the calls that the gateway runs itself', async (t) => {
  const { upstream, gateway } = await stage(t)
  const post = async (path: string, body: object) => {
    const headers = { ...bearer, 'content-type': 'application/json', 'x-openclaw-tool-events': 'true' }
    const init = { method: 'POST', headers, body: JSON.stringify({ model: 'openclaw', ...body }) }
    return (await fetch(`${gateway.url}${path}`, init)).text()
  }
  const messages = [{ role: 'user', content: 'hi' }]
  const whole = JSON.parse(await post('/v1/chat/completions', { messages })).x_openclaw_tools as Body[]
  t.strictSame(
    whole.filter(({ phase }) => phase === 'start').map(({ name }) => name),
    toolNames,
  )
  t.match(whole[1], { phase: 'result', name: 'read', output: /adds two numbers/, is_error: false })
  const chunks = eventData(await post('/v1/chat/completions', { messages, stream: true }))
  const streamed = chunks.filter((data) => data.includes('x_openclaw_tool')).map((data) => JSON.parse(data))
  t.equal(streamed.length, 2 * toolNames.length)
  t.match(streamed[0], { choices: [], x_openclaw_tool: { phase: 'start', index: 0, name: 'read' } })

  const events = eventData(await post('/v1/responses', { input: 'hi', stream: true }))
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data))
  t.strictSame(
    events.map(({ sequence_number: number }) => number),
    events.map((_, index) => index),
  )
  const { response } = events.at(-1)
  const calls = (response.output as Body[]).filter(({ type }) => type === 'mcp_call')
  t.strictSame(
    calls.map(({ name }) => name),
    toolNames,
  )
  t.match(calls[0], { status: 'completed', server_label: 'openclaw', arguments: /sum\.mjs/, output: /numbers/ })
  const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item)
  t.same(done, response.output, 'every item that is done stands in the response')

  await post('/v1/responses', { input: 'and?', previous_response_id: response.id })
  const roles = bodyOf(upstream.requests.at(-codingSteps)).map(({ role }) => role)
  t.equal(
    roles.filter((role) => role === 'tool').length,
    toolNames.length,
    'what tools gave goes with the conversation',
  )
})

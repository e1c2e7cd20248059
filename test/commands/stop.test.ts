import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../helper/calls.js'
import { build, testConfig, upstreamConfig } from '../helper/gateway.js'
import { resultOf } from '../helper/rpc.js'
import { type Script, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

const exec = (command: string) => ({
  toolCalls: [{ id: 'call-1', name: 'exec', arguments: JSON.stringify({ command }) }],
})

async function stage(t: Test, script: Script, more: object = {}) {
  const upstream = await startUpstream(t, script)
  const workspace = t.testdir()
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const app = await build(t, testConfig({ models, agents: { defaults: { ...agents.defaults, workspace } }, ...more }))
  const send = (message: string, idempotencyKey = message) =>
    resultOf(app, 'chat.send', { sessionKey: 'main', message, idempotencyKey })
  const done = (runId: string) => resultOf(app, 'agent.wait', { runId, timeoutMs: 10_000 })
  const answerOf = async (runId: string) => {
    await done(runId)
    const { messages } = await resultOf(app, 'chat.history', { sessionKey: 'main' })
    const found = (messages as Body[]).find(
      ({ role, __openclaw }) => role === 'assistant' && __openclaw.runId === runId,
    )
    return found?.content[0].text as string | undefined
  }
  return { upstream, app, workspace, send, done, answerOf }
}

/** True while a process of this id lives. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}

t.test('stop ends the command that runs with all its children, and the messages that wait', async (t) => {
  const script = exec('sleep 300 & echo $! > child; echo $$ > parent; wait')
  const { workspace, send, done, answerOf } = await stage(t, script)
  await send('work')
  await until(() => existsSync(join(workspace, 'parent')) && readFileSync(join(workspace, 'parent'), 'utf8') !== '')
  const pids = ['child', 'parent'].map((name) => Number(readFileSync(join(workspace, name), 'utf8')))
  t.ok(pids.every(lives))
  await send('later')
  await send('stop', 'the stop')
  t.equal(await answerOf('the stop'), 'Stopped: the running turn, 1 waiting message.')
  t.match(await done('work'), { stopReason: 'aborted' })
  t.match(await done('later'), { stopReason: 'aborted' })
  await until(() => !pids.some(lives))
})

t.test('stop ends a question that waits, and the model that is asked', async (t) => {
  const tools = { exec: { security: 'full', ask: 'always' } }
  const { app, upstream, send, done, answerOf, workspace } = await stage(t, exec('touch done'), { tools })
  await send('work')
  const open = async () => (await resultOf(app, 'exec.approval.list')) as Body[]
  await until(async () => (await open()).length === 1)
  await send('/stop')
  t.match(await answerOf('/stop'), /the running turn/)
  t.match(await done('work'), { stopReason: 'aborted' })
  await until(async () => (await open()).length === 0)
  t.notOk(existsSync(join(workspace, 'done')))
  upstream.script = { hangAfter: 0 }
  await send('think')
  await until(() => upstream.active === 1)
  await send('/stop', 'again')
  await until(() => upstream.active === 0)
  t.ok(upstream.requests.at(-1)?.aborted)
})

t.test('a question is answered in the chat while its turn waits', async (t) => {
  const tools = { exec: { security: 'full', ask: 'always' } }
  const { app, send, done, answerOf, workspace } = await stage(t, [exec('touch done'), 'finished'], { tools })
  await send('work')
  let id = ''
  await until(async () => {
    id = ((await resultOf(app, 'exec.approval.list')) as Body[])[0]?.id ?? ''
    return id !== ''
  })
  await send(`/approve ${id} maybe`, 'unclear')
  t.match(await answerOf('unclear'), /Say: \/approve/)
  await send(`/approve ${id} allow-once`, 'yes')
  t.match(await answerOf('yes'), /allow-once/)
  t.match(await done('work'), { status: 'ok' })
  t.ok(existsSync(join(workspace, 'done')))
})

t.test('the plain words stop only what runs', async (t) => {
  const { send, answerOf } = await stage(t, 'from the model')
  await send('wait')
  t.equal(await answerOf('wait'), 'from the model')
})

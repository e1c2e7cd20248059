import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { ToolResult } from '../../src/tools/_types.js'
import exec from '../../src/tools/exec.js'
import processTool from '../../src/tools/process.js'
import { build, testConfig } from '../helper/gateway.js'
import { testPeer } from '../helper/peer.js'
import { resultOf } from '../helper/rpc.js'
import { textOf } from '../helper/tool-context.js'
import { stageOf, wallStage } from '../helper/walls.js'

/** A whole gateway with an administrator connected, and the exec tool behind its walls. */
async function gateway(t: Test, tools: object) {
  const app = await build(t, testConfig({ tools }))
  const admin = testPeer('admin', { scopes: ['operator.admin'] })
  app.runtime.hub.add(admin)
  const stage = stageOf(t, app.runtime)
  const asked = async (count = 1) => {
    const open = () => admin.told.filter(({ name }) => name === 'exec.approval.requested')
    while (open().length < count) await new Promise((resolve) => setTimeout(resolve, 5))
    return open()[count - 1]?.payload
  }
  const answer = (id: string, decision: string) => resultOf(app, 'exec.approval.resolve', { id, decision })
  return { app, admin, asked, answer, ...stage }
}

t.test('a command waits for its approval, and the result comes in the same call', async (t) => {
  const { context, asked, answer, admin, workspace } = await gateway(t, { exec: { mode: 'ask' } })
  const progress: ToolResult[] = []
  const tools = { ...(await context()), progress: (partial: ToolResult) => void progress.push(partial) }
  const running = exec.run(tools, { command: 'touch made; echo done' })
  const { id, request } = await asked()
  t.match(request, { command: 'touch made; echo done', cwd: workspace, agentId: 'main', host: 'gateway' })
  t.match(progress, [{ details: { status: 'approval-pending', approvalId: id } }])
  t.notOk(existsSync(join(workspace, 'made')), 'nothing runs before')
  await answer(id, 'allow-once')
  t.equal(textOf(await running), 'done')
  t.ok(existsSync(join(workspace, 'made')))
  t.match(admin.told.at(-1), { name: 'exec.approval.resolved', payload: { id, decision: 'allow-once' } })
  const second = exec.run(await context(), { command: 'touch other' })
  await answer((await asked(2)).id, 'deny')
  t.match(await second, { isError: true, details: { code: 'exec_denied', reason: 'user' } })
  t.notOk(existsSync(join(workspace, 'other')))
})

t.test('what was approved is what runs, or nothing', async (t) => {
  const { context, asked, answer, workspace } = await gateway(t, { exec: { mode: 'ask' } })
  const write = (name: string, text: string) => writeFileSync(join(workspace, name), text, { mode: 0o755 })
  write('tool.sh', '#!/bin/sh\necho good\n')
  write('evil.sh', '#!/bin/sh\ntouch owned\n')
  const running = exec.run(await context(), { command: './tool.sh' })
  const { id } = await asked()
  renameSync(join(workspace, 'evil.sh'), join(workspace, 'tool.sh'))
  await answer(id, 'allow-always')
  t.match(await running, { isError: true, details: { reason: 'changed' } })
  t.notOk(existsSync(join(workspace, 'owned')))
})

t.test('the end of a turn calls its question off', async (t) => {
  const { context, asked, app, workspace } = await gateway(t, { exec: { mode: 'ask' } })
  const turn = new AbortController()
  const running = exec.run({ ...(await context()), signal: turn.signal }, { command: 'touch made' })
  const { id } = await asked()
  turn.abort(new Error('stopped'))
  await t.rejects(running, { message: 'stopped' })
  t.strictSame(await resultOf(app, 'exec.approval.list'), [])
  t.match(await resultOf(app, 'approval.get', { id }), { approval: { status: 'cancelled', reason: 'run-aborted' } })
  t.notOk(existsSync(join(workspace, 'made')))
})

t.test('the agent is told how a background command ended', async (t) => {
  const { run, context, runtime } = await wallStage(t)
  const texts = async () => runtime.systemEvents.texts()
  await run('echo finished; exit 3', { background: true }, { sessionKey: 'agent:main:main' })
  while ((await texts()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  t.match(await texts(), [/^Exec finished \([0-9a-f]{8}, code 3\): finished$/])
  const quiet = await run('true', { background: true }, { sessionKey: 'agent:main:main' })
  const killed = await run('echo x; sleep 300', { background: true }, { sessionKey: 'agent:main:main' })
  const tools = await context({ sessionKey: 'agent:main:main' })
  await processTool.run(tools, { action: 'kill', sessionId: String(killed.result.details?.sessionId) })
  await tools.processes.get(String(quiet.result.details?.sessionId)).finished
  await new Promise(setImmediate)
  t.equal((await texts()).length, 1, 'not of what it killed itself, nor of silent successes')
})

t.test('lists and modes hold through the tool', async (t) => {
  const { run, workspace } = await wallStage(t, { tools: { exec: { mode: 'allowlist' } } })
  t.match((await run('touch made')).text, /may not run: \/usr\/bin\/touch is not on the list \(tools\.exec\.mode\)/)
  t.match((await run('cat x | wc -l')).text, /not on the list/)
  t.notOk(existsSync(join(workspace, 'made')))
  const off = await wallStage(t, { tools: { exec: { mode: 'deny' } } })
  t.match((await off.run('true')).text, /commands are off \(tools\.exec\.mode\)/)
  const nowhere = await wallStage(t, { tools: { exec: { host: 'sandbox' } } })
  t.match((await nowhere.run('true')).text, /this session has none/)
  const node = await wallStage(t, { tools: { exec: { host: 'node' } } })
  t.match((await node.run('true')).text, /No node is connected/)
})

t.test(
  'mode non-main: whoever writes directly and is not the owner is behind walls in the main session too',
  async (t) => {
    const { runtime } = await wallStage(t, {
      agents: { defaults: { sandbox: { mode: 'non-main', scope: 'session' } } },
    })
    const { walls } = await runtime.exec()
    const main = { agent: 'main', sessionKey: 'agent:main:main', runId: 'run', processTool: true }
    const turn = (owner: boolean, sender?: string) =>
      walls.open({ ...main, caller: { owner, origin: 'telegram', ...(sender !== undefined && { sender }) } })
    const [owner, job, one, two] = [turn(true, '42'), turn(false), turn(false, '43'), turn(false, '44')]
    t.strictSame(
      [owner, job, one, two].map(({ sandboxed }) => sandboxed),
      [false, false, true, true],
    )
    t.strictSame(
      [owner, one].map((wall) => wall.commands('call').kind),
      ['gateway', 'sandbox'],
    )
  },
)

const inside = { agents: { defaults: { sandbox: { mode: 'all' as const } } } }
const listed = { tools: { elevated: { allowFrom: { telegram: ['42'] } } } }
const may = { caller: { owner: false, origin: 'telegram', sender: '42' } }

t.test('the level of a session holds against what a call says', async (t) => {
  const { run, workspace } = await wallStage(t, { ...inside, ...listed })
  const asked = (elevatedLevel?: 'off' | 'ask' | 'on') => run('pwd', { elevated: true }, { ...may, elevatedLevel })
  t.match((await asked('off')).text, /stay in the sandbox: elevated is off/)
  t.match((await asked('ask')).text, /needs an approval/)
  t.match((await asked()).text, /needs an approval/)
  t.equal((await asked('on')).text, workspace)
})

t.test('elevatedDefault counts where the session says nothing', async (t) => {
  const levels = async (own: object, general: object = {}) => {
    const sandbox = { mode: 'all' as const }
    const agents = { defaults: { sandbox, ...general }, entries: { main: own } }
    const { run } = await wallStage(t, { agents, ...listed } as never)
    return (await run('pwd', { elevated: true }, may)).text
  }
  t.match(await levels({}, { elevatedDefault: 'off' }), /elevated is off/)
  t.match(await levels({ elevatedDefault: 'ask' }, { elevatedDefault: 'off' }), /needs an approval/)
  t.match(await levels({ elevatedDefault: 'on' }, { elevatedDefault: 'off' }), /^\//)
})

t.test('/exec of a session holds against what a call says', async (t) => {
  const { run } = await wallStage(t)
  const security = (session: 'deny' | 'full' | undefined, call: 'deny' | 'full' | undefined) =>
    run('echo ran', call && { security: call }, session && { place: { security: session } })
  t.match((await security('deny', undefined)).text, /may not run/)
  t.match((await security('deny', 'full')).text, /may not run/)
  t.match((await security('full', 'deny')).text, /may not run/)
  t.equal((await security('full', undefined)).text, 'ran')
  t.match((await run('echo ran', { ask: 'off' }, { place: { ask: 'always' } })).text, /needs an approval/)
  t.match((await run('echo ran', { ask: 'always' }, { place: { ask: 'off' } })).text, /needs an approval/)
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { GatewayError } from '../../src/kernel/errors.js'
import exec from '../../src/tools/exec.js'
import processTool from '../../src/tools/process.js'
import { textOf, toolStage } from '../helper/tool-context.js'

t.test('a command that ends in time gives its output and how it ended', async (t) => {
  const { context } = toolStage(t)
  const good = await exec.run(context, { command: 'echo hello' })
  t.equal(textOf(good), 'hello')
  t.match(good.details, { status: 'completed', exitCode: 0, aggregated: 'hello', host: 'gateway' })
  const bad = await exec.run(context, { command: 'echo sorry; exit 4' })
  t.equal(textOf(bad), 'sorry\n\n(exit code 4)')
  t.match(bad.details, { status: 'failed', exitCode: 4 })
  t.notOk(bad.isError, 'a command that says no has run')
  t.equal(textOf(await exec.run(context, { command: 'true' })), '(no output)')
  t.strictSame(context.processes.list(), [], 'what was shown whole is not kept')
})

t.test('workdir and env', async (t) => {
  const { context } = toolStage(t)
  const result = await exec.run(context, { command: 'pwd; echo $WORD', workdir: '/usr', env: { WORD: 'given' } })
  t.equal(textOf(result), '/usr\ngiven')
})

t.test('what may not run, or cannot, is a result', async (t) => {
  const { context } = toolStage(t)
  const refused = await exec.run(context, { command: 'ls', env: { LD_PRELOAD: 'x.so' } })
  t.ok(refused.isError)
  t.match(refused.details, { status: 'failed', code: 'exec_denied' })
  t.match(textOf(await exec.run(context, { command: 'ls', workdir: '/no/such' })), /does not exist/)
  const broken = {
    ...context,
    commands: { kind: 'gateway' as const, start: async () => Promise.reject(new Error('bug')) },
  }
  await t.rejects(exec.run(broken, { command: 'ls' }), { message: 'bug' }, 'our own mistakes are not the model its')
})

t.test('long output keeps its beginning and its end; the rest is in the log', async (t) => {
  const { context } = toolStage(t)
  const result = await exec.run(context, { command: 'seq 1 20000' })
  const text = textOf(result)
  t.ok(text.length < 31_000)
  t.match(text, /^1\n2\n3\n/)
  t.match(text, /19999\n20000$/)
  t.match(text, /characters left out; process log with sessionId [0-9a-f]{8} shows them/)
  const sessionId = String(result.details?.sessionId)
  const log = await processTool.run(context, { action: 'log', sessionId, offset: 9_999, limit: 2 })
  t.match(textOf(log), /^10000\n10001\n/)
})

t.test('output beyond all bounds is counted and dropped', async (t) => {
  const { context } = toolStage(t)
  const result = await exec.run(context, { command: 'seq 1 100000' })
  const sessionId = String(result.details?.sessionId)
  const log = await processTool.run(context, { action: 'log', sessionId, offset: 0 })
  t.equal(context.processes.get(sessionId).output.kept, 200_000)
  t.equal(context.processes.get(sessionId).output.total, 588_895)
  t.match(textOf(log), /^1\n2\n/)
  t.match(textOf(log), /99999\n100000\n/)
})

t.test('colours, cursor movements and progress bars are not shown to the model', async (t) => {
  const { context } = toolStage(t)
  const command = `printf '\\033[31mred\\033[0m\\n 10%%\\r 50%%\\r100%%\\ndone\\r\\n\\007\\303\\244'`
  t.equal(textOf(await exec.run(context, { command })), 'red\n100%\ndone\nä')
})

t.test('a command that takes longer goes on in the background and outlives its turn', async (t) => {
  const { context, abort, finished } = toolStage(t)
  const result = await exec.run(context, { command: 'echo begun; read line; echo "got $line"', yieldMs: 100 })
  t.match(result.details, { status: 'running', tail: 'begun' })
  t.match(textOf(result), /Still running in the background as [0-9a-f]{8}/)
  abort()
  const next = { ...context, signal: new AbortController().signal }
  const sessionId = String(result.details?.sessionId)
  await processTool.run(next, { action: 'submit', sessionId, data: 'word' })
  await context.processes.get(sessionId).finished
  t.match(textOf(await processTool.run(next, { action: 'poll', sessionId })), 'got word\n\nEnded. (exit code 0)')
  t.strictSame(
    finished.map(({ id }) => id),
    [sessionId],
    'somebody is told of its end',
  )
})

t.test('background does not wait', async (t) => {
  const { context, finished } = toolStage(t)
  const result = await exec.run(context, { command: 'sleep 300', background: true })
  t.equal(result.details?.status, 'running')
  await processTool.run(context, { action: 'remove', sessionId: String(result.details?.sessionId) })
  t.equal(finished[0]?.end, 'killed')
})

t.test('without a process tool nothing goes to the background', async (t) => {
  const { context, table } = toolStage(t)
  const alone = { ...context, processes: table.view({ scope: 'agent:main', agent: 'main', reachable: false }) }
  const result = await exec.run(alone, { command: 'sleep 0.2; echo done', yieldMs: 10, background: true })
  t.equal(textOf(result), 'done')
})

t.test('the end of the turn ends what it waits for, with its children', async (t) => {
  const { context, workspace, abort } = toolStage(t)
  const running = exec.run(context, { command: 'touch begun; sleep 300 & wait' })
  while (!existsSync(join(workspace, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 5))
  abort()
  const result = await running
  t.match(result, { isError: true, details: { status: 'failed', reason: 'aborted' } })
  t.equal(context.processes.list().filter(({ running }) => running).length, 0)
})

t.test('a timeout ends a command, also one in the background', async (t) => {
  const { context } = toolStage(t)
  const result = await exec.run(context, { command: 'echo begun; sleep 300', timeout: 0.2 })
  t.match(textOf(result), 'begun\n\n(ended after its timeout of 0.2 s)')
  t.match(result, { isError: true, details: { status: 'failed', reason: 'timeout' } })
  const later = await exec.run(context, { command: 'sleep 300', timeoutSeconds: 0.2, background: true })
  const process = context.processes.get(String(later.details?.sessionId))
  await process.finished
  t.equal(process.end, 'timeout')
})

t.test('approval is shown to those who watch', async (t) => {
  const { context, progress } = toolStage(t)
  const commands = {
    kind: 'gateway' as const,
    start: async (request: Parameters<typeof context.commands.start>[0]) => {
      t.same(request.place, {
        host: 'gateway',
        node: undefined,
        elevated: undefined,
        security: undefined,
        ask: 'always',
      })
      request.waits?.({ id: 'a1', expiresAtMs: 5 })
      throw new GatewayError('exec_denied', { message: 'Nobody approved it.' })
    },
  }
  const result = await exec.run({ ...context, commands }, { command: 'ls', host: 'gateway', ask: 'always' })
  t.match(progress, [{ details: { status: 'approval-pending', approvalId: 'a1', command: 'ls' } }])
  t.match(textOf(result), 'Nobody approved it.')
})

t.test('only so many commands at once', async (t) => {
  const { context } = toolStage(t)
  const runs = Array.from({ length: 64 }, () => exec.run(context, { command: 'exec sleep 300', background: true }))
  await Promise.all(runs)
  t.match(await exec.run(context, { command: 'true' }), { isError: true, details: { code: 'too_many_processes' } })
})

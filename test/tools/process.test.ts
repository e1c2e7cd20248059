import { existsSync } from 'node:fs'
import t from 'tap'
import type { Clock } from '../../src/kernel/clock.js'
import { hexBytes, keySequence, pasted } from '../../src/tools/_process/keys.js'
import { OutputBuffer } from '../../src/tools/_process/output.js'
import { headAndTail } from '../../src/tools/_process/text.js'
import type { ToolContext } from '../../src/tools/_types.js'
import exec from '../../src/tools/exec.js'
import processTool from '../../src/tools/process.js'
import { textOf, toolStage } from '../helper/tool-context.js'

type Args = Parameters<typeof processTool.run>[1]

const call = async (context: ToolContext, action: Args['action'], args: Partial<Args> = {}) =>
  processTool.run(context, { action, ...args })

async function background(context: ToolContext, command: string, more: { pty?: boolean } = {}): Promise<string> {
  const result = await exec.run(context, { command, background: true, ...more })
  return String(result.details?.sessionId)
}

/** Polls until the collected output has the words. */
async function seen(context: ToolContext, sessionId: string, words: string): Promise<string> {
  let all = ''
  while (!all.includes(words)) all += textOf(await call(context, 'poll', { sessionId, timeout: 1_000 }))
  return all
}

t.test('list shows what runs and what has ended', async (t) => {
  const { context } = toolStage(t)
  t.equal(textOf(await call(context, 'list')), 'No commands are running or kept.')
  const first = await background(context, 'sleep 300')
  const second = await background(context, '/usr/bin/printf done')
  await context.processes.get(second).finished
  const list = await call(context, 'list')
  t.match(textOf(list), new RegExp(`^${second}  completed  \\d+s  printf done\n${first}  running  \\d+s  sleep 300$`))
  t.match(list.details?.processes, [
    { sessionId: second, exitCode: 0 },
    { sessionId: first, status: 'running' },
  ])
})

t.test('poll gives what is new, once, and waits for it', async (t) => {
  const { context } = toolStage(t)
  const id = await background(context, 'read a; echo "one $a"; read b; echo "two $b"')
  t.match(textOf(await call(context, 'poll', { sessionId: id })), '(no new output)\n\nStill running.')
  await call(context, 'write', { sessionId: id, data: 'x\n' })
  t.match(await seen(context, id, 'one'), 'one x\n\nStill running.')
  await call(context, 'write', { sessionId: id, data: 'y\n', eof: true })
  t.match(await seen(context, id, 'Ended'), 'two y')
  t.match(textOf(await call(context, 'poll', { sessionId: id })), '(no new output)\n\nEnded. (exit code 0)')
})

t.test('a poll that waits ends with its turn', async (t) => {
  const { context, abort } = toolStage(t)
  const id = await background(context, 'sleep 300')
  const waiting = call(context, 'poll', { sessionId: id, timeout: 30_000 })
  abort()
  await t.rejects(waiting)
})

t.test('log reads by lines', async (t) => {
  const { context } = toolStage(t)
  const id = await background(context, 'seq 1 500')
  await context.processes.get(id).finished
  const last = textOf(await call(context, 'log', { sessionId: id }))
  t.match(last, /^301\n/)
  t.match(last, /500\n\n\(lines 300 to 500 of 500\)$/)
  t.equal(textOf(await call(context, 'log', { sessionId: id, offset: 1, limit: 2 })), '2\n3\n\n(lines 1 to 3 of 500)')
  t.match(textOf(await call(context, 'log', { sessionId: id, offset: 498 })), /^499\n500\n/)
  t.match(textOf(await call(context, 'log', { sessionId: id, limit: 1 })), /^500\n/)
})

t.test('eof ends the input', async (t) => {
  const { context } = toolStage(t)
  const id = await background(context, 'cat')
  await call(context, 'write', { sessionId: id, data: 'all', eof: true })
  await context.processes.get(id).finished
  t.match(textOf(await call(context, 'poll', { sessionId: id })), /^all\n/)
  const late = await call(context, 'write', { sessionId: id, data: 'more' })
  t.match(late, { isError: true })
  t.match(textOf(late), /has ended/)
})

t.test('keys reach a terminal', { skip: existsSync('/usr/bin/script') ? false : 'no script(1)' }, async (t) => {
  const { context } = toolStage(t)
  const id = await background(context, `trap 'echo caught' INT; echo ready; while read -r l; do echo "<$l>"; done`, {
    pty: true,
  })
  await seen(context, id, 'ready')
  await call(context, 'submit', { sessionId: id, data: 'typed' })
  await seen(context, id, '<typed>')
  await call(context, 'send-keys', { sessionId: id, keys: ['C-c'] })
  await seen(context, id, 'caught')
  await call(context, 'write', { sessionId: id, eof: true })
  await context.processes.get(id).finished
  t.equal(context.processes.get(id).end, 'exit')
})

t.test('kill, clear and remove', async (t) => {
  const { context } = toolStage(t)
  const id = await background(context, 'sleep 300 & wait')
  t.match(textOf(await call(context, 'clear', { sessionId: id })), /still running/)
  t.equal(textOf(await call(context, 'kill', { sessionId: id })), `Killed ${id}.`)
  t.match((await call(context, 'poll', { sessionId: id })).details, { status: 'killed' })
  t.match(textOf(await call(context, 'kill', { sessionId: id })), /had ended already/)
  await call(context, 'clear', { sessionId: id })
  t.match(await call(context, 'poll', { sessionId: id }), { isError: true, details: { code: 'process_not_found' } })
})

t.test('no other agent and no other wall sees a process', async (t) => {
  const { context, seenFrom } = toolStage(t)
  const id = await background(context, 'cat')
  for (const scope of ['agent:other', 'agent:main|sandbox:agent:main']) {
    const other = seenFrom(scope)
    t.equal(textOf(await call(other, 'list')), 'No commands are running or kept.')
    for (const action of ['poll', 'log', 'write', 'send-keys', 'submit', 'paste', 'kill', 'clear', 'remove'] as const) {
      t.match(await call(other, action, { sessionId: id, data: 'x' }), { isError: true }, `${action} from ${scope}`)
    }
  }
  t.ok(context.processes.get(id).running)
})

t.test('what is wrong with a call is said', async (t) => {
  const { context } = toolStage(t)
  t.match(textOf(await call(context, 'poll')), /sessionId is missing/)
  const id = await background(context, 'cat')
  t.match(textOf(await call(context, 'write', { sessionId: id })), /needs data or eof/)
  t.match(textOf(await call(context, 'paste', { sessionId: id })), /needs data/)
  t.match(textOf(await call(context, 'send-keys', { sessionId: id })), /needs keys/)
  t.match(textOf(await call(context, 'send-keys', { sessionId: id, keys: ['NoSuchKey'] })), /not known/)
  t.match(textOf(await call(context, 'send-keys', { sessionId: id, hex: ['xyz'] })), /hex digits/)
})

t.test('finished processes are forgotten after their time, and when there are too many', async (t) => {
  const timers: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (ms, run) => {
      if (ms === 60_000) timers.push(run)
      return () => {}
    },
  }
  const { context } = toolStage(t, { tools: { exec: { cleanupMs: 1 } } }, { clock })
  const ids: string[] = []
  for (let i = 0; i < 52; i += 1) {
    ids.push(await background(context, 'true'))
    await context.processes.get(ids[i] ?? '').finished
  }
  await new Promise(setImmediate)
  t.equal(context.processes.list().length, 50)
  t.throws(() => context.processes.get(ids[0] ?? ''), { code: 'process_not_found' })
  for (const run of timers) run()
  t.strictSame(context.processes.list(), [])
})

t.test('the end of the gateway ends every process', async (t) => {
  const { context, table } = toolStage(t)
  const id = await background(context, 'sleep 300 & wait')
  const process = context.processes.get(id)
  await table.close()
  t.equal(process.end, 'aborted')
  t.match(await exec.run(context, { command: 'true' }), { isError: true, details: { code: 'draining' } })
})

t.test('keys', async (t) => {
  t.equal(keySequence(['Enter', 'UP', 'F5', 'C-c', '^d', 'M-x', 'ä', 'C-?']), '\r\x1b[A\x1b[15~\x03\x04\x1bxä\x7f')
  for (const key of ['F13', 'F0', 'Nope', 'M-Nope', '']) t.equal(keySequence([key]), undefined, key)
  t.strictSame(hexBytes(['1b', '0x5b 41']), Buffer.from('\x1b[A'))
  t.equal(hexBytes(['1']), undefined)
  t.equal(pasted('a\x1b[201~b'), '\x1b[200~ab\x1b[201~', 'a paste cannot end itself')
})

t.test('cuts never halve a character', async (t) => {
  const text = headAndTail('😀'.repeat(100), 31)
  t.notMatch(text, /(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/)
  const buffer = new OutputBuffer()
  const bytes = Buffer.from('äöü😀')
  for (const byte of bytes) buffer.append(Buffer.from([byte]))
  t.equal(buffer.text(), 'äöü😀')
  buffer.append(bytes.subarray(0, 1))
  buffer.end()
  t.equal(buffer.drain(), 'äöü😀�')
})

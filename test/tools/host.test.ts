import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { gatewayHost } from '../../src/tools/_exec/host.js'
import type { CommandRequest, RunningCommand } from '../../src/tools/_types.js'
import { testFolder } from '../helper/folder.js'

const gatewayEnv = {
  PATH: '/usr/local/bin:/usr/bin:/bin:relative/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
  OPENCLAW_GATEWAY_TOKEN: 'secret-token',
  OPENAI_API_KEY: 'sk-secret',
  DATABASE_URL: 'postgres://u:secret@db/x',
  NODE_OPTIONS: '--require /evil.js',
  LD_PRELOAD: '/evil.so',
}

function host(t: Test, more: { inheritEnv?: string[]; pathPrepend?: string[] } = {}) {
  const workspace = testFolder(t)
  const commands = gatewayHost({ workspace, env: gatewayEnv, ...more })
  const start = (command: CommandRequest['command'], options: Partial<CommandRequest> = {}) =>
    commands.start({ command, signal: new AbortController().signal, ...options })
  return { workspace, start }
}

async function endOf(command: RunningCommand): Promise<{ output: string; code: number | null; signal: string | null }> {
  const chunks: Buffer[] = []
  command.onOutput((chunk) => chunks.push(chunk))
  const { code, signal } = await command.exited
  return { output: Buffer.concat(chunks).toString(), code, signal }
}

const alive = (pid: number) => existsSync(`/proc/${pid}`) && !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))

/** A pid that a command has written into a file of its workspace. */
async function pidIn(path: string): Promise<number> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (text.endsWith('\n')) return Number(text)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

t.test('a line runs in the workspace; its output keeps the order of both streams', async (t) => {
  const { start, workspace } = host(t)
  const ran = await endOf(await start('echo one; echo two >&2; echo three; pwd; exit 3'))
  t.equal(ran.code, 3)
  t.equal(ran.output, `one\ntwo\nthree\n${workspace}\n`)
})

t.test('a list of arguments is read by no shell', async (t) => {
  const { start } = host(t)
  t.equal((await endOf(await start(['echo', '$HOME; id', '`id`']))).output, '$HOME; id `id`\n')
  t.equal((await endOf(await start(['no-such-program']))).code, 127)
})

t.test('output that came before anybody listened is not lost', async (t) => {
  const { start } = host(t)
  const command = await start('echo early; exit 0')
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.equal((await endOf(command)).output, 'early\n')
})

t.test('the environment of the gateway is not theirs', async (t) => {
  const { start } = host(t)
  const { output } = await endOf(
    await start('env -0', { env: { GREETING: 'hello', NODE_OPTIONS: '--evil', PAGER: 'evil' } }),
  )
  const own = output.split('\0').filter((line) => line !== '')
  const names = own.map((line) => line.split('=')[0] ?? '').sort()
  t.strictSame(names, ['GREETING', 'HOME', 'LC_ALL', 'OPENCLAW_EXEC_ID', 'OPENCLAW_SHELL', 'PATH', 'PWD'])
  t.match(output, 'OPENCLAW_SHELL=exec\0')
  t.match(output, 'PATH=/usr/local/bin:/usr/bin:/bin\0')
  t.notMatch(own.join('\n'), /secret|evil/)
})

t.test('the config may name more variables, but none that choose code', async (t) => {
  const { start } = host(t, {
    inheritEnv: ['DATABASE_URL', 'NODE_OPTIONS', 'LD_PRELOAD'],
    pathPrepend: ['/opt/x', 'y'],
  })
  const { output } = await endOf(await start('env'))
  t.match(output, 'DATABASE_URL=postgres')
  t.notMatch(output, /evil/)
  t.match(output, 'PATH=/opt/x:/usr/local/bin')
})

t.test('variables that choose the code that runs are refused', async (t) => {
  const { start } = host(t)
  for (const name of ['PATH', 'Path', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'ld_audit', 'DYLD_INSERT_LIBRARIES']) {
    await t.rejects(start('true', { env: { [name]: 'x' } }), { code: 'exec_denied' }, name)
  }
  await t.rejects(start('true', { env: { 'A=B': 'x' } }), { code: 'exec_denied' })
  await t.rejects(start('true', { env: { 'BASH_FUNC_ls%%': '() { id; }' } }), { code: 'exec_denied' })
  await t.rejects(start('true', { env: { A: 'x\0LD_PRELOAD=y' } }), { code: 'exec_denied' })
})

t.test(
  'issue-4-pty-shell: the shell of the user reads no line of a terminal',
  { skip: !existsSync('/usr/bin/script') },
  async (t) => {
    const { workspace } = host(t)
    const shell = join(workspace, 'shell')
    writeFileSync(shell, `#!/bin/sh\ntouch ${workspace}/owned\nexec /bin/sh "$@"\n`, { mode: 0o755 })
    const own = gatewayHost({ workspace, env: { PATH: '/usr/bin:/bin', SHELL: shell } })
    const given: readonly Record<string, string>[] = [{}, { SHELL: shell }]
    for (const env of given) {
      const command = await own.start({ command: 'echo ran', env, pty: true, signal: new AbortController().signal })
      t.match((await endOf(command)).output, /^ran/)
    }
    t.notOk(existsSync(join(workspace, 'owned')))
  },
)

t.test('a folder that is not there is said to be so', async (t) => {
  const { start, workspace } = host(t)
  mkdirSync(join(workspace, 'inner'))
  writeFileSync(join(workspace, 'file'), '')
  t.equal((await endOf(await start('pwd', { cwd: 'inner' }))).output, `${workspace}/inner\n`)
  await t.rejects(start('pwd', { cwd: 'missing' }), { code: 'exec_failed', message: /does not exist/ })
  await t.rejects(start('pwd', { cwd: 'file' }), { code: 'exec_failed', message: /is not a folder/ })
})

t.test('input can be written and ended', async (t) => {
  const { start } = host(t)
  const command = await start('cat; echo done')
  command.write('hello\n')
  command.endInput()
  t.equal((await endOf(command)).output, 'hello\ndone\n')
})

t.test('an abort ends the children of children, also those that left the group', async (t) => {
  const { start, workspace } = host(t)
  const abort = new AbortController()
  const command = await start(
    `sh -c 'sleep 300 & echo $! >a; wait' & setsid sh -c 'echo $$ >b; trap "" TERM; while :; do sleep 1; done' & wait`,
    { signal: abort.signal },
  )
  const pids = [await pidIn(join(workspace, 'a')), await pidIn(join(workspace, 'b')), command.pid]
  t.ok(pids.every(alive))
  abort.abort()
  t.equal((await endOf(command)).signal, 'SIGTERM')
  await command.kill()
  t.notOk(pids.some(alive))
})

t.test('what ignores SIGTERM is killed after the grace', async (t) => {
  const { start, workspace } = host(t)
  const command = await start(`trap '' TERM; echo $$ >p; while :; do sleep 0.05; done`)
  const pid = await pidIn(join(workspace, 'p'))
  await command.kill(100)
  t.notOk(alive(pid))
  t.equal((await command.exited).signal, 'SIGKILL')
})

t.test('what a command leaves running in its group ends with it', async (t) => {
  const { start, workspace } = host(t)
  const ran = await endOf(await start('sleep 300 & echo $! >p; echo started'))
  t.same(ran, { output: 'started\n', code: 0, signal: null })
  t.notOk(alive(await pidIn(join(workspace, 'p'))))
})

t.test('an abort before the start starts nothing', async (t) => {
  const { start, workspace } = host(t)
  await t.rejects(start('touch ran', { signal: AbortSignal.abort() }))
  t.notOk(existsSync(join(workspace, 'ran')))
})

t.test(
  'a terminal, where there is script(1)',
  { skip: existsSync('/usr/bin/script') ? false : 'no script(1)' },
  async (t) => {
    const { start } = host(t)
    const ran = await endOf(await start('test -t 0 && test -t 1 && tty; stty size; exit 5', { pty: true }))
    t.match(ran.output, /\/dev\/pts\/\d+\r\n40 120\r\n/)
    t.equal(ran.code, 5)
  },
)

t.test(
  'a command in a terminal can be killed with its children',
  { skip: !existsSync('/usr/bin/script') },
  async (t) => {
    const { start, workspace } = host(t)
    const command = await start(`sleep 300 & echo $! >p; wait`, { pty: true })
    const pid = await pidIn(join(workspace, 'p'))
    await command.kill()
    t.notOk(alive(pid))
  },
)

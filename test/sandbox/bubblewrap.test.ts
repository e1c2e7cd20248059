import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import processTool from '../../src/tools/process.js'
import { testFolder } from '../helper/folder.js'
import { textOf } from '../helper/tool-context.js'
import { bubblewrapMissing, wallStage } from '../helper/walls.js'

const skip = bubblewrapMissing()
const sandbox = (more: object = {}) => ({ agents: { defaults: { sandbox: { mode: 'all' as const, ...more } } } })
/** One real sandbox after the other: they are many processes on a machine with few cores. */
const real = (name: string, test: (t: Test) => Promise<void>) => t.test(name, { skip }, test)

real('a command runs inside, as nobody, with nothing of the host', async (t) => {
  const { run, workspace, runtime } = await wallStage(t, sandbox(), { OPENAI_API_KEY: 'sk-secret' })
  writeFileSync(join(workspace, 'secret.txt'), 'of the host')
  const { text, result } = await run('id -u; pwd; ls -A; echo $HOME; cat /proc/1/comm; hostname; echo $OPENCLAW_SHELL')
  t.match(text, /^1000\n\/workspace\n\/home\/agent\nbwrap\nopenclaw-sbx-agent-main-[0-9a-f]{12}\nexec$/)
  t.match(result.details, { host: 'sandbox', exitCode: 0 })
  t.strictSame((await run('ls -d /root /home/* /sys /mnt /srv /opt 2>/dev/null')).text.split('\n')[0], '/home/agent')
  const { home, state } = runtime.instance.paths
  for (const path of [
    home,
    state,
    workspace,
    '/etc/shadow',
    '/etc/ssh',
    '/var/log',
    '/tmp/.X11-unix',
    '/run/docker.sock',
  ]) {
    t.match((await run(`ls ${path}`)).result.details, { exitCode: 2 }, path)
  }
  t.notMatch((await run('env; cat /proc/1/environ')).text, /sk-secret/)
})

real('no network', async (t) => {
  const server = createServer((socket) => socket.end('reached'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as { port: number }
  const { run } = await wallStage(t, sandbox())
  t.match((await run(`ls /sys/class/net 2>&1; cat /proc/net/dev`)).text, /lo:/)
  t.notMatch((await run('cat /proc/net/dev')).text, /eth|ens|wlan/)
  const { text } = await run(
    `perl -MIO::Socket::INET -e 'print IO::Socket::INET->new("127.0.0.1:${port}") ? "reached" : "no: $!"'`,
  )
  t.match(text, /^no: /)
})

real('the root is read-only, memory file systems are not', async (t) => {
  const { run } = await wallStage(t, sandbox())
  for (const path of ['/x', '/usr/x', '/etc/x', '/bin/x', '/home/x', '/etc/passwd']) {
    t.match((await run(`echo x >${path}`)).text, /Read-only|Permission denied/, path)
  }
  t.equal((await run('for d in /tmp /var/tmp /run ~ .; do echo x >$d/x && echo ok; done')).text, 'ok\nok\nok\nok\nok')
  t.equal((await run('cat /tmp/x ~/x x 2>&1')).text, 'cat: /tmp/x: No such file or directory\nx\nx\n\n(exit code 1)')
  t.match(
    (await run('echo x >/dev/x; rm /dev/null; echo fine >/dev/shm/y; cat /dev/shm/y')).text,
    /Read-only[\s\S]*Read-only[\s\S]*fine$/,
  )
  t.match(
    (await run('dd if=/dev/zero of=/dev/shm/big bs=1M count=400 2>&1')).text,
    /No space left/,
    'issue-4-shm: bounded',
  )
  t.match(
    (await run('dd if=/dev/zero of=/tmp/big bs=1M count=400 2>&1; mount -t tmpfs none /tmp 2>&1')).text,
    /No space left[\s\S]*(denied|permission|must be superuser)/i,
  )
})

real('no capabilities, no further user namespaces', async (t) => {
  const { run } = await wallStage(t, sandbox())
  t.match(
    (await run('grep CapEff /proc/self/status; grep NoNewPrivs /proc/self/status')).text,
    /0000000000000000\nNoNewPrivs:\s+1/,
  )
  t.match((await run('unshare -U true')).text, /unshare failed|unshare: /)
})

real('the workspace by its mode', async (t) => {
  for (const [workspaceAccess, expected] of [
    ['none', { '/workspace': 'private', '/agent': 'absent' }],
    ['ro', { '/workspace': 'private', '/agent': 'host, read-only' }],
    ['rw', { '/workspace': 'host', '/agent': 'absent' }],
  ] as const) {
    const { run, workspace, context } = await wallStage(t, sandbox({ workspaceAccess }))
    writeFileSync(join(workspace, 'host.txt'), 'of the host')
    const script = `for d in /workspace /agent; do
      if ! [ -d $d ]; then echo absent
      else if [ -e $d/host.txt ]; then printf host; else printf private; fi
        if touch $d/new 2>/dev/null; then echo; else echo ', read-only'; fi
      fi; done`
    const lines = (await run(script)).text.split('\n')
    t.strictSame({ '/workspace': lines[0], '/agent': lines[1] }, expected, workspaceAccess)
    t.equal(existsSync(join(workspace, 'new')), workspaceAccess === 'rw')
    const { files } = await context()
    t.equal(files.writable, workspaceAccess !== 'ro')
    t.equal(files.root, '/workspace')
    if (workspaceAccess === 'ro') {
      t.equal(String(await files.read('/agent/host.txt')), 'of the host')
      await t.rejects(files.write('/workspace/x', 'x'))
    } else {
      await files.write('made.txt', 'by a file tool')
      t.equal((await run('cat made.txt')).text, 'by a file tool')
      await t.rejects(
        files.read(join(workspace, 'host.txt')),
        { code: 'path_outside' },
        'paths of the host mean nothing',
      )
      await run('ln -s /etc/passwd link; ln -s / root')
      await t.rejects(files.read('link'), { code: 'path_outside' })
      await t.rejects(files.read('root/etc/passwd'), { code: 'path_outside' })
    }
  }
})

real('bind mounts', async (t) => {
  const { run, workspace, runtime } = await wallStage(t, sandbox({ workspaceAccess: 'none' }))
  for (const name of ['data', 'work']) mkdirSync(join(workspace, name))
  writeFileSync(join(workspace, 'data', 'x'), 'data')
  const { config } = runtime
  const defaults = {
    sandbox: { mode: 'all', docker: { binds: [`${workspace}/data:/data:ro`, `${workspace}/work:/work`] } },
  }
  writeFileSync(runtime.instance.paths.config, JSON.stringify({ ...config.current, agents: { defaults } }))
  await config.reload()
  t.equal(
    (await run('cat /data/x; touch /data/y 2>/dev/null || echo read-only; touch /work/z && echo written')).text,
    'dataread-only\nwritten',
  )
  t.ok(existsSync(join(workspace, 'work', 'z')))
})

real('a fork bomb stays in its sandbox', async (t) => {
  const { run, runtime } = await wallStage(t, sandbox({ docker: { pidsLimit: 64 } }))
  const bomb = 'n=0; while [ $n -lt 2000 ]; do sleep 4343 & n=$((n+1)); echo $n >count; done'
  const { result } = await run(bomb, { timeout: 60 })
  const { text } = await run('cat count')
  const reached = Number(text)
  const remarks = await remarksOf(runtime)
  if (remarks.some((remark) => remark.includes('number of processes')))
    t.pass(`not limited on this machine: ${remarks}`)
  else {
    t.ok(reached < 500, `${reached} processes`)
    t.not(result.details?.exitCode, 0)
  }
  t.equal(sleepers('4343'), 0, 'and ends with its command')
})

async function remarksOf(runtime: Awaited<ReturnType<typeof wallStage>>['runtime']): Promise<readonly string[]> {
  const found = await (await runtime.exec()).sandboxes.backendFor({ backend: 'bubblewrap' })
  return found.ok ? found.backend.remarks() : []
}

/** Processes of this machine that sleep so many seconds. */
function sleepers(seconds: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const lines = pids.map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
    } catch {
      return ''
    }
  })
  return lines.filter((line) => line === `sleep\0${seconds}\0`).length
}

real('a timeout ends everything inside, however it hides', async (t) => {
  const { run } = await wallStage(t, sandbox())
  const hide = `trap '' TERM; (setsid env -i sleep 4242 &); setsid sh -c 'trap "" TERM; sleep 4242' & nohup sleep 4242 & sleep 4242`
  const { result } = await run(hide, { timeout: 1 })
  t.match(result, { isError: true, details: { reason: 'timeout' } })
  t.equal(sleepers('4242'), 0)
})

real('issue-4-orphans: a gateway that is killed leaves nothing running', async (t) => {
  const folder = testFolder(t)
  mkdirSync(join(folder, 'workspace'))
  const script = join(import.meta.dirname, 'fixtures', 'left-alone.ts')
  const command = '(setsid env -i sleep 4747 &); sleep 4747 & echo up; sleep 4747'
  const child = spawn(process.execPath, [...process.execArgv, script, folder, command], { stdio: 'ignore' })
  const [, signal] = await once(child, 'exit')
  t.equal(signal, 'SIGKILL', 'it ended as it was to end')
  // The kernel ends them one after the other.
  for (let tries = 0; sleepers('4747') > 0 && tries < 400; tries += 1) await new Promise((done) => setTimeout(done, 25))
  t.equal(sleepers('4747'), 0)
})

real('a command that has ended leaves nothing running', async (t) => {
  const { run } = await wallStage(t, sandbox())
  const { result } = await run('(setsid env -i sleep 4848 >/dev/null 2>&1 &); nohup sleep 4848 >/dev/null 2>&1 & true')
  t.match(result.details, { exitCode: 0 })
  t.equal(sleepers('4848'), 0)
})

real('issue-4-kernel-orders: the kernel takes no orders from inside', async (t) => {
  const { run } = await wallStage(t, sandbox())
  // What is there already: a wall that fails changes nothing on this machine.
  const writes = ['kernel/core_pattern', 'kernel/modprobe', 'vm/overcommit_memory', 'kernel/pid_max'].map(
    (name) => `(v=$(cat /proc/sys/${name}); echo "$v" >/proc/sys/${name}) 2>/dev/null && echo ${name}`,
  )
  t.equal(
    (await run(`${writes.join('; ')}; (echo >/proc/sysrq-trigger) 2>/dev/null && echo sysrq; true`)).text,
    '(no output)',
  )
  t.match(
    (await run('ls /dev; ls /dev/mem /dev/sda /dev/kmsg /dev/fuse 2>&1; ls /sys 2>&1')).text,
    /ls: cannot access '\/sys'/,
  )
  t.notMatch((await run('ls /dev')).text, /^(mem|kmsg|sd[a-z]|vd[a-z]|nvme.*|fuse|kvm)$/m)
})

real('background, input, terminal and the end of the gateway', async (t) => {
  const { run, context, runtime } = await wallStage(t, sandbox())
  const left = await run('read a; echo "got $a"; sleep 4343', { background: true })
  const sessionId = String(left.result.details?.sessionId)
  const tools = await context()
  await processTool.run(tools, { action: 'submit', sessionId, data: 'this' })
  t.match(textOf(await processTool.run(tools, { action: 'poll', sessionId, timeout: 10_000 })), /got this/)
  const outside = await context({ agent: 'main', sessionKey: 'agent:main:other' })
  t.match(
    await processTool.run(outside, { action: 'poll', sessionId }),
    { isError: true },
    'other sessions do not see it',
  )
  if (existsSync('/usr/bin/script')) t.match((await run('test -t 1 && tty', { pty: true })).text, /\/dev\/pts\/\d/)
  await (await runtime.exec()).close()
  t.equal(sleepers('4343'), 0)
})

real('setupCommand runs once, and again when the settings change', async (t) => {
  const setup =
    'echo run >>~/setups; mkdir -p ~/.local/bin; printf "#!/bin/sh\\necho mine" >~/.local/bin/mine; chmod +x ~/.local/bin/mine'
  const { run, runtime } = await wallStage(t, sandbox({ docker: { setupCommand: setup, env: { GREETING: 'hello' } } }))
  t.equal((await run('mine; cat ~/setups; echo $GREETING; touch kept')).text, 'mine\nrun\nhello')
  t.equal((await run('cat ~/setups; ls')).text, 'run\nkept')
  const [entry] = await (await runtime.exec()).sandboxes.registry.list()
  t.match(entry, {
    backend: 'bubblewrap',
    agentId: 'main',
    scopeKey: 'agent:main',
    configHash: /^[0-9a-f]{16}$/,
    image: 'host',
  })
  t.ok(await (await runtime.exec()).sandboxes.remove(entry?.containerName ?? ''))
  t.equal((await run('cat ~/setups; ls')).text, 'run\nkept', 'a new home, the same workspace')
})

real('a setupCommand that fails leaves no sandbox behind', async (t) => {
  const { run, runtime } = await wallStage(t, sandbox({ docker: { setupCommand: ['echo trying', 'exit 7'] } }))
  const { result, text } = await run('echo ran')
  t.match(result.details, { code: 'sandbox_unavailable' })
  t.match(text, /setupCommand of the sandbox ended with 7: trying/)
  t.strictSame(await (await runtime.exec()).sandboxes.registry.list(), [])
})

real('non-main: the main session on the host, all others inside', async (t) => {
  const { run, context, workspace } = await wallStage(t, { agents: { defaults: { sandbox: { mode: 'non-main' } } } })
  const main = { sessionKey: 'agent:main:main' }
  t.match(await run('pwd', {}, main), { text: workspace, result: { details: { host: 'gateway' } } })
  t.match(await run('pwd'), { text: '/workspace', result: { details: { host: 'sandbox' } } })
  t.match(await run('pwd', {}, { sessionKey: undefined }), { text: '/workspace' }, 'what stands alone is not main')
  const left = await run('sleep 4444', { background: true }, main)
  const sessionId = String(left.result.details?.sessionId)
  t.match(await processTool.run(await context(), { action: 'write', sessionId, data: 'x' }), { isError: true })
})

real('scopes share or do not share a workspace', async (t) => {
  for (const [scope, shared] of [
    ['session', [false, false]],
    ['agent', [true, false]],
    ['shared', [true, true]],
  ] as const) {
    const agents = { defaults: { sandbox: { mode: 'all' as const, scope } }, entries: { main: {}, other: {} } }
    const { run } = await wallStage(t, { agents })
    await run('touch mark')
    const look = async (facts: object) => (await run('ls', {}, facts)).text === 'mark'
    t.strictSame(
      [await look({ sessionKey: 'agent:main:second' }), await look({ agent: 'other', sessionKey: 'agent:other:x' })],
      shared,
      scope,
    )
  }
})

real('calls cannot choose their way out', async (t) => {
  const { run, runtime } = await wallStage(t, sandbox())
  for (const host of ['gateway', 'node'] as const) {
    t.match((await run('id', { host })).text, /runs in a sandbox; a call cannot choose/)
  }
  t.match((await run('id', { elevated: true })).text, /may not leave the sandbox: tools\.elevated\.allowFrom\.ws/)
  t.match((await run('pwd', { host: 'sandbox' })).text, '/workspace')
  t.match((await run('pwd', { security: 'deny' })).text, /Commands are off/)
  t.match((await run('pwd', { workdir: '/workspace/missing' })).text, /does not exist in the sandbox/)
  const { home } = runtime.instance.paths
  mkdirSync(join(home, '.ssh'))
  await run(`ln -s ${home}/.ssh there; ln -s ${home}/.none not-there; ln -s / root`)
  for (const workdir of ['there', 'not-there', 'root', '/workspace/root/etc']) {
    const { text } = await run('pwd', { workdir })
    t.match(
      text,
      /^The working directory \/workspace\/\S+ does not exist/,
      'issue-4-workdir: it tells nothing of the host',
    )
  }
  t.match((await run('pwd', { workdir: '../../..' })).text, /^\/$/, 'above the workspace is the root inside')
  t.match((await run('true', { env: { LD_PRELOAD: '/workspace/x.so' } })).text, /LD_PRELOAD cannot be set/)
})

real('elevated: who may leaves, and is asked where the config asks', async (t) => {
  const { run, context, workspace, runtime } = await wallStage(t, {
    ...sandbox(),
    tools: { elevated: { allowFrom: { telegram: ['42'] } }, exec: { mode: 'full' } },
  })
  const may = { caller: { owner: false, origin: 'telegram', sender: '42' } }
  t.match((await run('pwd', { elevated: true }, may)).text, /nobody who could give it/, 'a call alone has to ask')
  t.match((await run('pwd', { elevated: true }, { ...may, elevatedLevel: 'off' })).text, /stay in the sandbox/)
  t.equal((await run('pwd', {}, { ...may, elevatedLevel: 'on' })).text, workspace)
  t.equal((await run('pwd', {}, may)).text, '/workspace', 'only when it is asked for')
  const other = { caller: { owner: false, origin: 'telegram', sender: '43' } }
  t.match((await run('pwd', { elevated: true }, other)).text, /may not leave/)
  t.match((await run('pwd', {}, { ...may, elevatedLevel: 'ask' })).text, /nobody who could give it/)
  const left = await run('sleep 4545', { elevated: true, background: true }, { ...may, elevatedLevel: 'on' })
  const sessionId = String(left.result.details?.sessionId)
  t.match(await processTool.run(await context(other), { action: 'write', sessionId, data: 'x' }), { isError: true })
  t.notOk((await processTool.run(await context(may), { action: 'poll', sessionId })).isError)
  await (await runtime.exec()).close()
})

t.test('what cannot be made is not replaced by the host', async (t) => {
  const { run, workspace } = await wallStage(t, sandbox(), { PATH: '/nonexistent' })
  const { text, result } = await run('touch escaped')
  t.match(result, { isError: true, details: { code: 'sandbox_unavailable' } })
  t.match(text, /docker is not installed[\s\S]*bubblewrap is not installed\. Run "apt-get install bubblewrap"/)
  t.strictSame(readdirSync(workspace), [])
  const ssh = await wallStage(t, sandbox({ backend: 'ssh' }))
  t.match((await ssh.run('id')).text, /"ssh" is not part of this gateway/)
})

real('bubblewrap refuses a network that it does not have', async (t) => {
  const { run } = await wallStage(t, sandbox({ docker: { network: 'bridge' } }))
  t.match((await run('id')).text, /bubblewrap has no network but that of the host/)
})

real('a workspace that holds secrets is not handed over', async (t) => {
  const { run, runtime } = await wallStage(t, sandbox({ workspaceAccess: 'rw' }))
  const { home, config } = runtime.instance.paths
  mkdirSync(join(home, '.ssh'))
  symlinkSync(home, join(home, 'alias'))
  for (const workspace of [home, join(home, 'alias'), join(home, '.ssh'), '/']) {
    const agents = { defaults: { workspace, sandbox: { mode: 'all', workspaceAccess: 'rw' } } }
    writeFileSync(config, JSON.stringify({ ...runtime.config.current, agents }))
    await runtime.config.reload()
    t.match((await run('ls')).result.details, { code: 'sandbox_refused' }, workspace)
  }
})

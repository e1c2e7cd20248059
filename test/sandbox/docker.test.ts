import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { SandboxRegistry } from '../../src/sandbox/registry.js'
import { dockerStandIn } from '../helper/docker.js'
import { wallStage } from '../helper/walls.js'

/** What we tell Docker, recorded by a stand-in for its command line; no daemon is involved. */
async function stage(t: Test, sandbox: object = {}, name = 'docker') {
  const docker = dockerStandIn(t, name)
  const walls = await wallStage(
    t,
    { agents: { defaults: { sandbox: { mode: 'all', ...sandbox } } } },
    { PATH: docker.path },
  )
  const registry = new SandboxRegistry(walls.runtime.instance.paths.state)
  const named = (...words: string[]) => docker.calls().filter((call) => words.every((word, at) => call[at] === word))
  return { docker, registry, named, ...walls }
}

t.test('create: every wall by default', async (t) => {
  const { run, named, registry, runtime, workspace } = await stage(t, { docker: { user: '1234:1234' } })
  t.equal((await run('echo inside')).text, 'inside')
  const { state } = runtime.instance.paths
  const [entry] = await registry.list()
  const name = entry?.containerName ?? ''
  t.match(name, /^openclaw-sbx-agent-main-[0-9a-f]{12}$/)
  const [create = []] = named('create')
  const shown = create.map((word) =>
    word
      .replaceAll(name, '<name>')
      .replaceAll(state, '<state>')
      .replace(/(stateDirHash=|configHash=|createdAtMs=).*/, '$1...'),
  )
  t.strictSame(shown, [
    ...['create', '--name', '<name>', '--hostname', '<name>', '--init'],
    ...['--label', 'openclaw.app=openclaw', '--label', 'openclaw.profile=default'],
    ...['--label', 'openclaw.stateDirHash=...', '--label', 'openclaw.agent=main'],
    ...['--label', 'openclaw.scopeKey=agent:main', '--label', 'openclaw.configHash=...'],
    ...['--label', 'openclaw.createdAtMs=...', '--security-opt', 'no-new-privileges', '--cap-drop', 'ALL'],
    ...['--read-only', '--tmpfs', '/tmp', '--tmpfs', '/var/tmp', '--tmpfs', '/run'],
    ...['--network', 'none', '--user', '1234:1234', '--pids-limit', '256', '--memory', '1g', '--memory-swap', '2g'],
    ...['--env-file', '<state>/sandboxes/<name>/create.env'],
    ...['--mount', 'type=bind,source=<state>/sandboxes/<name>/workspace,target=/workspace'],
    ...['--workdir', '/workspace', 'openclaw-sandbox:bookworm-slim', 'sleep', 'infinity'],
  ])
  t.notMatch(create.join(' '), workspace, 'the workspace of the agent is not in it')
  t.match(entry, { backend: 'docker', image: 'openclaw-sandbox:bookworm-slim', scopeKey: 'agent:main' })
})

t.test('create: what the config says', async (t) => {
  const { run, named, docker, workspace, runtime } = await stage(t, {
    workspaceAccess: 'ro',
    docker: {
      image: 'mine:1',
      containerPrefix: 'box-',
      readOnlyRoot: false,
      network: 'bridge',
      capDrop: ['NET_RAW'],
      tmpfs: ['/scratch'],
      pidsLimit: 10,
      memory: '512m',
      memorySwap: -1,
      cpus: 0.5,
      gpus: 'all',
      ulimits: { nofile: { soft: 1, hard: 2 }, nproc: 5 },
      seccompProfile: '/p.json',
      apparmorProfile: 'mine',
      dns: ['9.9.9.9'],
      extraHosts: ['db:10.0.0.1'],
      env: { API_KEY: 'sk-in-the-container' },
      user: '0:0',
    },
  })
  await run('true')
  const text = named('create')[0]?.join(' ') ?? ''
  for (const words of [
    '--network bridge --user 0:0 --pids-limit 10 --memory 512m --memory-swap -1 --cpus 0.5 --gpus all',
    '--ulimit nofile=1:2 --ulimit nproc=5 --dns 9.9.9.9 --add-host db:10.0.0.1',
    '--cap-drop NET_RAW --security-opt seccomp=/p.json --security-opt apparmor=mine --tmpfs /scratch',
    `--mount type=bind,source=${workspace},target=/agent,readonly`,
    '--workdir /workspace mine:1 sleep infinity',
  ])
    t.ok(text.includes(words), words)
  t.notMatch(text, '--read-only')
  t.match(text, /--name box-agent-main-/)
  t.equal(docker.envFile(), 'LANG=C.UTF-8\nAPI_KEY=sk-in-the-container\n')
  t.notMatch(JSON.stringify(docker.calls()), 'sk-in-the-container', 'no secret in the arguments')
  const [name = ''] = readdirSync(join(runtime.instance.paths.state, 'sandboxes'))
  t.notOk(existsSync(join(runtime.instance.paths.state, 'sandboxes', name, 'create.env')), 'nor left on disk')
})

t.test('commands go in by exec, made once, and nothing of the host with them', async (t) => {
  const { run, named, docker } = await stage(t, { docker: { setupCommand: ['echo a', 'echo b'] } })
  await run('echo one', { env: { WORD: 'x' } })
  await run('echo two', { workdir: '/somewhere' })
  t.equal(named('create').length, 1)
  const [setup, first, second] = named('exec')
  const name = named('create')[0]?.[2] ?? ''
  const marker = ['--env', 'OPENCLAW_EXEC_ID']
  t.strictSame(setup, [
    'exec',
    '-i',
    '-w',
    '/workspace',
    '--env',
    'OPENCLAW_SHELL=exec',
    ...marker,
    name,
    '/bin/sh',
    '-lc',
    'echo a && echo b',
  ])
  t.strictSame(first, [
    'exec',
    '-i',
    '-w',
    '/workspace',
    '--env',
    'WORD=x',
    '--env',
    'OPENCLAW_SHELL=exec',
    ...marker,
    name,
    '/bin/sh',
    '-c',
    'echo one',
  ])
  t.strictSame(second?.slice(0, 4), ['exec', '-i', '-w', '/somewhere'])
  t.notMatch(JSON.stringify(docker.calls()), 'test-token')
})

t.test('a timeout ends what runs in the container, by its mark', async (t) => {
  const { run, named } = await stage(t)
  const { result } = await run('trap "" TERM; setsid sleep 4646 & sleep 4646', { timeout: 1 })
  t.match(result.details, { reason: 'timeout' })
  const [term, kill] = named('exec').filter((call) => call.includes('TERM') || call.includes('KILL'))
  t.match(term, ['exec', /^openclaw-sbx-/, '/bin/sh', '-c', /environ/, 'sh', /^OPENCLAW_EXEC_ID=[0-9a-f]{32}$/, 'TERM'])
  t.equal(kill?.at(-1), 'KILL')
  const left = readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1') === 'sleep\x004646\0'
    } catch {
      return false
    }
  })
  t.strictSame(left, [])
})

t.test('what keeps a container from being made is said, and nothing runs instead', async (t) => {
  const cases = [
    ['no-image', /The image openclaw-sandbox:bookworm-slim is missing\. Build or pull it/],
    ['no-create', /could not be created: no space left on device/],
    ['down', /The docker daemon does not answer: Cannot connect/],
  ] as const
  for (const [state, message] of cases) {
    const { run, docker, named } = await stage(t, { backend: 'docker' })
    docker.set(state)
    const { result, text } = await run('touch /tmp/escaped')
    t.match(result, { isError: true, details: { code: 'sandbox_unavailable' } }, state)
    t.match(text, message)
    t.strictSame(named('exec'), [])
  }
})

t.test('auto goes on to bubblewrap when the daemon is down, podman is asked for by name', async (t) => {
  const { docker, runtime } = await stage(t)
  docker.set('down')
  const found = await (await runtime.exec()).sandboxes.backendFor({ backend: 'auto' })
  if (found.ok) t.equal(found.backend.name, 'bubblewrap')
  else t.match(found.problem, /docker daemon does not answer.*bubblewrap/s)
  const podman = await stage(t, { backend: 'podman' }, 'podman')
  t.equal((await podman.run('echo in podman')).text, 'in podman')
  t.match((await podman.registry.list())[0], { backend: 'podman' })
})

t.test('changed settings: a busy container stays, an idle one is made anew', async (t) => {
  const { run, named, registry, runtime } = await stage(t)
  await run('true')
  const { config, instance } = runtime
  const defaults = { sandbox: { mode: 'all', docker: { memory: '2g' } } }
  writeFileSync(instance.paths.config, JSON.stringify({ ...config.current, agents: { defaults } }))
  await config.reload()
  await run('true')
  t.equal(named('create').length, 1)
  const [entry] = await registry.list()
  if (entry) await registry.put({ ...entry, lastUsedAtMs: Date.now() - 400_000 })
  await run('true')
  t.equal(named('create').length, 2)
  t.match(named('create')[1]?.join(' '), '--memory 2g')
  t.match(named('rm').at(-1), ['rm', '--force', '--volumes', entry?.containerName])
})

t.test('prune removes what is idle or old, and only what is ours', async (t) => {
  const { run, named, registry, runtime } = await stage(t)
  await run('true')
  const [entry] = await registry.list()
  if (!entry) return t.fail('there is a sandbox')
  const now = Date.now()
  const hours = (count: number) => now - count * 3_600_000
  const rows = [
    { ...entry, containerName: 'idle', lastUsedAtMs: hours(25), createdAtMs: hours(30) },
    { ...entry, containerName: 'old', lastUsedAtMs: hours(1), createdAtMs: hours(24 * 8) },
    { ...entry, containerName: 'old-and-busy', lastUsedAtMs: now, createdAtMs: hours(24 * 8) },
    { ...entry, containerName: 'fresh', lastUsedAtMs: hours(1), createdAtMs: hours(2) },
  ]
  for (const row of rows) await registry.put(row)
  const before = named('rm').length
  t.strictSame(await (await runtime.exec()).sandboxes.prune(), ['idle', 'old'])
  t.strictSame(
    named('rm')
      .slice(before)
      .map((call) => call.at(-1)),
    ['idle', 'old'],
  )
  t.strictSame(
    (await registry.list()).map(({ containerName }) => containerName),
    [entry.containerName, 'old-and-busy', 'fresh'],
  )
})

t.test('two gateways never share a container', async (t) => {
  const one = await stage(t)
  const two = await stage(t)
  const name = async ({ runtime }: typeof one) =>
    (await (await runtime.exec()).sandboxes.specOf({ agent: 'main', sessionKey: 'x' })).name
  t.not(await name(one), await name(two))
  t.match(await name(one), /^openclaw-sbx-agent-main-[0-9a-f]{12}$/)
})

t.test('settings that would let a container out are refused', async (t) => {
  for (const docker of [
    { network: 'container:db' },
    { seccompProfile: 'unconfined' },
    { apparmorProfile: 'unconfined' },
    { env: { A: 'b\nc' } },
  ]) {
    const { run, named } = await stage(t, { docker })
    t.match((await run('id')).result.details, { code: 'sandbox_refused' }, JSON.stringify(docker))
    t.strictSame(named('create'), [])
  }
})

t.test('issue-4-docker-words: no word of the config is read as an option or a path', async (t) => {
  for (const docker of [
    { image: '--privileged' },
    { image: '-v/:/host' },
    { image: 'mine:1 --privileged' },
    { image: '' },
    { containerPrefix: '--volume=/:/host ' },
    { containerPrefix: '../../' },
    { containerPrefix: '-' },
  ]) {
    const { run, docker: stand } = await stage(t, { docker })
    t.match((await run('true')).result.details, { code: 'sandbox_refused' }, JSON.stringify(docker))
    t.notOk(
      stand.calls().some(([verb]) => ['create', 'start', 'exec'].includes(verb ?? '')),
      'nothing was made',
    )
  }
})

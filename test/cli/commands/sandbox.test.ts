import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { SandboxRegistry } from '../../../src/sandbox/registry.js'
import { dockerStandIn } from '../../helper/docker.js'
import { bubblewrapMissing } from '../../helper/walls.js'
import { cliFor } from '../harness.js'

const config = {
  gateway: { mode: 'local' },
  agents: {
    defaults: { sandbox: { mode: 'non-main', workspaceAccess: 'ro' } },
    entries: { main: {}, open: { sandbox: { mode: 'off' }, tools: { exec: { mode: 'allowlist' } } } },
  },
  tools: { sandbox: { tools: { allow: ['read', 'exec'] } }, elevated: { allowFrom: { telegram: ['42'] } } },
}

t.test('explain says where, what and why', async (t) => {
  const docker = dockerStandIn(t)
  const cli = cliFor(t, { env: { PATH: docker.path } })
  cli.writeConfig(config)
  const explain = async (...args: string[]) =>
    JSON.parse((await cli.run('sandbox', 'explain', '--json', ...args)).stdout)
  const main = await explain()
  t.match(main, {
    agentId: 'main',
    sessionKey: 'agent:main:main',
    mainSessionKey: 'agent:main:main',
    sandbox: { mode: 'non-main', scope: 'agent', sessionIsSandboxed: false, workspaceAccess: 'ro', mounts: [] },
    tools: {
      allow: ['read', 'exec'],
      deny: ['browser', 'canvas', 'nodes', 'cron', 'gateway', 'message'],
      sources: {
        allow: { source: 'global', key: 'tools.sandbox.tools.allow' },
        deny: { source: 'default', key: 'tools.sandbox.tools.deny' },
      },
    },
    exec: { host: 'auto', mode: 'full' },
  })
  const group = await explain('--session', 'telegram:group:7')
  const workspace = join(cli.home, '.openclaw', 'workspace')
  const folder = join(cli.home, '.openclaw', 'sandboxes', group.sandbox.name)
  t.match(group, {
    sessionKey: 'agent:main:telegram:group:7',
    sandbox: {
      sessionIsSandboxed: true,
      backend: 'docker',
      workspace: join(folder, 'workspace'),
      mounts: [
        { at: '/workspace', folder: join(folder, 'workspace'), writable: true },
        { at: '/agent', folder: workspace, writable: false },
      ],
    },
    elevated: {
      enabled: true,
      allowedByConfig: false,
      channel: 'telegram',
      allowFrom: ['42'],
      failures: [{ gate: 'allowFrom', key: 'tools.elevated.allowFrom.telegram' }],
    },
  })
  t.ok(group.fixIt.includes('agents.defaults.sandbox.mode=off'))
  t.notOk(existsSync(join(cli.home, '.openclaw', 'sandboxes')), 'explaining makes nothing')
  t.match(await explain('--agent', 'open', '--session', 'x:y'), {
    agentId: 'open',
    sandbox: { mode: 'off', sessionIsSandboxed: false },
    exec: { mode: 'allowlist' },
  })
  const words = await cli.run('sandbox', 'explain', '--session', 'agent:main:telegram:group:7')
  t.match(words.stdout, /Sandboxed +yes \(non-main, agent\)\nBackend +docker\n/)
  t.match(words.stdout, /May leave +no \(tools\.elevated\.allowFrom\.telegram\)/)
  t.match(await cli.run('sandbox', 'explain', '--agent', 'nobody'), { code: 2, stderr: /no agent "nobody"/ })
})

t.test('explain names the list that decides: of the agent, of all, built in', async (t) => {
  const cli = cliFor(t, { env: { PATH: dockerStandIn(t).path } })
  const own = { tools: { sandbox: { tools: { allow: ['read', 'browser'] } } } }
  cli.writeConfig({ ...config, agents: { ...config.agents, entries: { main: own, plain: {} } } })
  const toolsOf = async (agent: string) =>
    JSON.parse((await cli.run('sandbox', 'explain', '--json', '--agent', agent, '--session', 'x:y')).stdout).tools
  t.match(await toolsOf('main'), {
    allow: ['read', 'browser'],
    // What a list names is not denied by default any more.
    deny: ['canvas', 'nodes', 'cron', 'gateway', 'message'],
    sources: { allow: { source: 'agent', key: 'agents.entries.main.tools.sandbox.tools.allow' } },
  })
  t.match(await toolsOf('plain'), {
    allow: ['read', 'exec'],
    sources: { allow: { source: 'global', key: 'tools.sandbox.tools.allow' }, deny: { source: 'default' } },
  })
  cli.writeConfig({ ...config, tools: { sandbox: { tools: { deny: ['exec'] } } } })
  const all = await toolsOf('main')
  t.match(all, { deny: ['exec'], sources: { allow: { source: 'default' }, deny: { source: 'global' } } })
  t.ok(all.allow.includes('sessions_*'))
})

t.test('explain says what is missing', async (t) => {
  const cli = cliFor(t, { env: { PATH: '/nonexistent' } })
  cli.writeConfig({ ...config, agents: { defaults: { sandbox: { mode: 'all' } } } })
  const { stdout, code } = await cli.run('sandbox', 'explain', '--json')
  t.equal(code, 0)
  t.match(JSON.parse(stdout).sandbox, { sessionIsSandboxed: true, problem: /apt-get install bubblewrap/ })
})

t.test('explain tells what bubblewrap does not limit', { skip: bubblewrapMissing() }, async (t) => {
  const cli = cliFor(t)
  cli.writeConfig({ ...config, agents: { defaults: { sandbox: { mode: 'all' } } } })
  const { sandbox } = JSON.parse((await cli.run('sandbox', 'explain', '--json')).stdout)
  t.match(sandbox, { backend: 'bubblewrap', problem: undefined })
  t.ok(sandbox.remarks.some((remark: string) => remark.includes('Memory')))
})

t.test('list and recreate', async (t) => {
  const docker = dockerStandIn(t)
  const cli = cliFor(t, { env: { PATH: docker.path } })
  cli.writeConfig(config)
  t.equal((await cli.run('sandbox', 'list')).stdout, 'There are no sandboxes.\n')
  const registry = new SandboxRegistry(join(cli.home, '.openclaw'))
  const now = Date.now()
  const entry = (containerName: string, agentId: string, lastUsedAtMs: number) =>
    registry.put({
      ...{ containerName, agentId, backend: 'docker', scopeKey: `agent:${agentId}`, image: 'i', configHash: 'h' },
      ...{ createdAtMs: now, lastUsedAtMs, folder: join(cli.home, 'none') },
    })
  await entry('idle', 'main', now - 3_600_000)
  await entry('busy', 'main', now)
  await entry('other', 'open', now - 3_600_000)
  t.match((await cli.run('sandbox', 'list')).stdout, /Name +Backend[\s\S]*idle +docker +agent:main +i +1 h/)
  t.match(await cli.run('sandbox', 'recreate'), { code: 2, stderr: /one of --all/ })
  t.match(await cli.run('sandbox', 'recreate', '--all', '--agent', 'main'), { code: 2 })
  const first = await cli.run('sandbox', 'recreate', '--agent', 'main', '--json')
  t.match({ code: first.code, ...JSON.parse(first.stdout) }, { code: 1, ok: false, removed: ['idle'], kept: ['busy'] })
  t.match(await cli.run('sandbox', 'recreate', '--all', '--force'), {
    code: 0,
    stdout: /Removed busy[\s\S]*Removed other/,
  })
  const removed = docker.calls().filter(([verb]) => verb === 'rm')
  t.strictSame(
    removed.map((call) => call.at(-1)),
    ['idle', 'busy', 'other'],
  )
  t.strictSame(await registry.list(), [])
})

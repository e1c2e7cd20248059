import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { workspaceFiles } from '../../../src/agents/workspace/templates.js'
import { build, testConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf, rpc } from '../../helper/rpc.js'

const protocol = new ProtocolSchema()
const pathsOf = (app: FastifyInstance) => app.runtime.instance.paths
const entriesOf = (app: FastifyInstance) => app.runtime.config.current.agents?.entries

const two = {
  agents: {
    defaults: { model: { primary: 'builtin/echo', fallbacks: ['a/b'] }, thinkingDefault: 'low' },
    entries: {
      main: { identity: { name: 'Ada', emoji: '🦉', creature: 'owl', theme: '' } },
      work: { name: 'Work', model: 'upstream/one', default: true },
    },
  },
  bindings: [
    { agentId: 'work', match: { channel: 'telegram' } },
    { agentId: 'main', match: { channel: 'slack' } },
  ],
}

t.test('agents.list', async (t) => {
  const plain = await resultOf(await build(t), 'agents.list')
  t.strictSame(protocol.problems('AgentsListResult', plain), [])
  t.match(plain, {
    defaultId: 'main',
    mainKey: 'main',
    scope: 'per-sender',
    agents: [{ id: 'main', model: { primary: 'builtin/echo' } }],
  })
  t.notOk('kind' in plain.agents[0], 'only for clients that ask for it')

  const app = await build(t, testConfig({ ...two, session: { mainKey: 'home', scope: 'global' } }))
  const list = await resultOf(app, 'agents.list')
  t.strictSame(protocol.problems('AgentsListResult', list), [])
  const { workspace, state } = pathsOf(app)
  t.strictSame(list, {
    defaultId: 'work',
    mainKey: 'home',
    scope: 'global',
    agents: [
      {
        id: 'main',
        name: 'Ada',
        identity: { name: 'Ada', emoji: '🦉' },
        workspace: join(state, 'agents/main/workspace'),
        model: { primary: 'builtin/echo', fallbacks: ['a/b'] },
        thinkingDefault: 'low',
      },
      { id: 'work', name: 'Work', workspace, model: { primary: 'upstream/one' }, thinkingDefault: 'low' },
    ],
  })
})

t.test('an agent is made, changed and deleted', async (t) => {
  const app = await build(t)
  const made = await resultOf(app, 'agents.create', {
    name: 'Büro Nord!',
    model: 'builtin/echo',
    emoji: '📎',
    avatar: '',
  })
  t.strictSame(protocol.problems('AgentsCreateResult', made), [])
  const workspace = join(pathsOf(app).state, 'agents/buro-nord/workspace')
  t.strictSame(made, { ok: true, agentId: 'buro-nord', name: 'Büro Nord!', workspace, model: 'builtin/echo' })
  t.same((await readdir(workspace)).sort(), Object.keys(workspaceFiles).sort())
  t.strictSame(entriesOf(app), {
    main: {},
    'buro-nord': { name: 'Büro Nord!', workspace, model: 'builtin/echo', identity: { emoji: '📎' } },
  })
  const { defaultId, agents } = await resultOf(app, 'agents.list')
  t.equal(defaultId, 'main', 'the agent that was there stays, and stays the default')
  t.same(
    agents.map(({ id }: { id: string }) => id),
    ['main', 'buro-nord'],
  )

  const elsewhere = join(pathsOf(app).home, 'elsewhere')
  const change = {
    agentId: 'buro-nord',
    name: 'Nord',
    workspace: '~/elsewhere',
    model: null,
    emoji: '',
    avatar: 'x.png',
  }
  const updated = await resultOf(app, 'agents.update', change)
  t.strictSame(protocol.problems('AgentsUpdateResult', updated), [])
  t.strictSame(entriesOf(app)?.['buro-nord'], { name: 'Nord', workspace: elsewhere, identity: { avatar: 'x.png' } })
  t.ok(existsSync(join(elsewhere, 'AGENTS.md')))

  const deleted = await resultOf(app, 'agents.delete', { agentId: 'buro-nord' })
  t.strictSame(protocol.problems('AgentsDeleteResult', deleted), [])
  t.strictSame(deleted, { ok: true, agentId: 'buro-nord', removedBindings: 0 })
  t.ok(existsSync(join(elsewhere, 'AGENTS.md')), 'files are kept unless asked otherwise')
  t.strictSame(entriesOf(app), { main: {} })
  t.match(await errorOf(app, 'agents.delete', { agentId: 'buro-nord' }), { message: 'agent "buro-nord" not found' })
})

t.test('ids come from names', async (t) => {
  const app = await build(t)
  const cases = [
    ['Main Office', 'main-office'],
    ['  _x_  ', 'x_'],
    ['小助手', 'agent'],
    ['测试', 'agent-2'],
    ['A'.repeat(100), 'a'.repeat(64)],
    ['../../etc/passwd', 'etc-passwd'],
  ] as const
  for (const [name, agentId] of cases) t.match(await resultOf(app, 'agents.create', { name }), { agentId, name }, name)
  const clash = { status: 409, code: 'conflict', message: 'agent "main-office" already exists' }
  t.match(await errorOf(app, 'agents.create', { name: 'main OFFICE' }), clash)
  t.match(await errorOf(app, 'agents.create', { name: 'main' }), { message: 'agent "main" already exists' })
})

t.test('agents made at the same time are all there', async (t) => {
  const app = await build(t)
  const names = ['one', 'two', 'three', 'four']
  await Promise.all(names.map((name) => resultOf(app, 'agents.create', { name })))
  t.same(Object.keys(entriesOf(app) ?? {}).sort(), ['main', ...names].sort())
  const same = await Promise.all(['x', 'x', 'x'].map((name) => rpc(app, 'agents.create', { name })))
  t.same(same.map(({ status }) => status).sort(), [200, 409, 409])
})

t.test('what is refused changes nothing', async (t) => {
  const app = await build(t, testConfig(two))
  const before = await readFile(pathsOf(app).config, 'utf8')
  const cases: readonly [method: string, params: object, expected: object][] = [
    ['agents.create', {}, { code: 'invalid_params' }],
    ['agents.create', { name: '' }, { code: 'invalid_params' }],
    ['agents.create', { name: 'x', workspace: 'relative/path' }, { message: /^workspace must be an absolute path/ }],
    ['agents.create', { name: 'x', model: 'nonsense' }, { code: 'model_not_found' }],
    ['agents.update', { agentId: 'nobody', name: 'x' }, { status: 400, message: 'agent "nobody" not found' }],
    ['agents.update', { agentId: '__proto__', name: 'x' }, { message: 'agent "__proto__" not found' }],
    ['agents.update', { agentId: 'main', model: 5 }, { code: 'invalid_params' }],
    ['agents.delete', { agentId: 'nobody' }, { code: 'agent_not_found' }],
    ['agents.delete', { agentId: 'work' }, { status: 409, message: /^agent "work" is the default/ }],
    ['agents.files.list', { agentId: 'nobody' }, { message: 'agent "nobody" not found' }],
    ['agents.files.get', { agentId: 'main', name: '../openclaw.json' }, { message: /^unsupported file/ }],
    ['agents.files.set', { agentId: 'main', name: 'run.sh', content: 'x' }, { message: /^unsupported file "run.sh"/ }],
    ['agents.files.set', { agentId: 'main', name: 'SOUL.md' }, { code: 'invalid_params' }],
    [
      'agents.files.set',
      { agentId: 'main', name: 'SOUL.md', content: 'x'.repeat(512 * 1024 + 1) },
      { code: 'invalid_request' },
    ],
    ['agent.identity.get', { agentId: 'nobody' }, { message: 'agent "nobody" not found' }],
    ['agent.identity.get', { sessionKey: 'agent:nobody:main' }, { message: 'agent "nobody" not found' }],
  ]
  for (const [method, params, expected] of cases) {
    t.match(await errorOf(app, method, params), expected, `${method} ${JSON.stringify(params).slice(0, 60)}`)
  }
  t.equal(await readFile(pathsOf(app).config, 'utf8'), before)
  t.notOk(existsSync(join(pathsOf(app).state, 'agents')))
})

t.test('a deleted agent leaves with its bindings, its files go to the trash', async (t) => {
  const app = await build(t, testConfig(two))
  const { state } = pathsOf(app)
  const { workspace } = await resultOf(app, 'agents.create', { name: 'gone' })
  await resultOf(app, 'agents.files.set', { agentId: 'gone', name: 'MEMORY.md', content: 'remember' })
  await resultOf(app, 'config.patch', {
    raw: '{ bindings: [{ agentId: "gone", match: { channel: "irc" } }] }',
    replacePaths: ['bindings'],
    baseHash: (await resultOf(app, 'config.get')).hash,
  })
  const deleted = await resultOf(app, 'agents.delete', { agentId: 'gone', deleteFiles: true })
  t.strictSame(protocol.problems('AgentsDeleteResult', deleted), [])
  t.match(deleted, { removedBindings: 1, removed: [{ path: workspace, method: 'trash' }] })
  t.notOk(existsSync(workspace))
  const [kept = ''] = await readdir(join(state, 'trash'))
  t.match(kept, /^gone-\d{4}-/)
  t.equal(await readFile(join(state, 'trash', kept, 'MEMORY.md'), 'utf8'), 'remember')
  t.strictSame(app.runtime.config.current.bindings, [])
})

t.test('files are only deleted when nothing else lives there', async (t) => {
  const app = await build(t)
  const { home, state } = pathsOf(app)
  const shared = join(home, 'shared')
  await mkdir(join(shared, 'inner'), { recursive: true })
  await mkdir(join(home, 'real'))
  await symlink(join(home, 'real'), join(home, 'link'))
  const cases: readonly [name: string, workspace: string, reason: RegExp][] = [
    ['the home folder', home, /home folder or the state/],
    ['the state folder', state, /home folder or the state/],
    ['the root', '/', /home folder or the state/],
    ['one that another agent uses', shared, /another agent works there/],
    ['one inside that of another agent', join(shared, 'inner'), /another agent works there/],
    ['a link', join(home, 'link'), /link or a file/],
  ]
  await resultOf(app, 'config.set', {
    raw: JSON.stringify(
      testConfig({
        agents: {
          entries: {
            main: { workspace: shared },
            ...Object.fromEntries(cases.map(([, workspace], index) => [`a${index}`, { workspace }])),
          },
        },
      }),
    ),
    baseHash: (await resultOf(app, 'config.get')).hash,
  })
  for (const [index, [name, workspace, reason]] of cases.entries()) {
    const deleted = await resultOf(app, 'agents.delete', { agentId: `a${index}`, deleteFiles: true })
    t.strictSame(protocol.problems('AgentsDeleteResult', deleted), [])
    t.match(deleted.failed, [{ path: workspace, reason }], name)
    t.ok(existsSync(workspace), name)
  }
  t.notOk(existsSync(join(state, 'trash')))
})

t.test('workspace files', async (t) => {
  const app = await build(t)
  const main = { agentId: 'main' }
  const before = await resultOf(app, 'agents.files.list', main)
  t.strictSame(protocol.problems('AgentsFilesListResult', before), [])
  t.ok(
    before.files.every(({ missing }: { missing: boolean }) => missing),
    'nothing was made by looking',
  )
  t.match(await resultOf(app, 'agents.files.get', { ...main, name: 'MEMORY.md' }), {
    file: { name: 'MEMORY.md', missing: true, expectedAbsent: true },
  })

  const content = '# Soul\n小猫\n'
  const written = await resultOf(app, 'agents.files.set', { ...main, name: 'SOUL.md', content })
  t.strictSame(protocol.problems('AgentsFilesSetResult', written, ['/file/hash']), [])
  const got = await resultOf(app, 'agents.files.get', { ...main, name: 'SOUL.md' })
  t.strictSame(protocol.problems('AgentsFilesGetResult', got, ['/file/hash']), [])
  t.match(got.file, { content, size: Buffer.byteLength(content), missing: false, hash: written.file.hash })
  const { mode } = await stat(got.file.path)
  t.equal(mode & 0o777, 0o600)

  const set = (expectedHash: string, text: string) =>
    rpc(app, 'agents.files.set', { ...main, name: 'SOUL.md', content: text, expectedHash })
  t.equal((await set(got.file.hash, 'second')).status, 200)
  t.match(await set(got.file.hash, 'third'), {
    status: 409,
    body: { error: { code: 'conflict', details: { type: 'agent_file_conflict', currentHash: /^[0-9a-f]{64}$/ } } },
  })
  const { file } = await resultOf(app, 'agents.files.get', { ...main, name: 'SOUL.md' })
  t.equal(file.content, 'second')
  const racers = await Promise.all(['a', 'b', 'c', 'd'].map((text) => set(file.hash, text)))
  t.same(racers.map(({ status }) => status).sort(), [200, 409, 409, 409], 'of writers at the same time one wins')
  t.match(
    await errorOf(app, 'agents.files.set', { ...main, name: 'USER.md', content: 'x', expectedHash: file.hash }),
    { details: { type: 'agent_file_conflict', currentHash: null } },
    'a file that is not there is another one',
  )
  t.notOk((await readdir(before.workspace)).some((name) => /lock|tmp/.test(name)))
})

t.test('no link leads out of a workspace', async (t) => {
  const app = await build(t)
  const { home, config } = pathsOf(app)
  const { workspace } = await resultOf(app, 'agents.files.list', { agentId: 'main' })
  await mkdir(join(workspace, 'notes'), { recursive: true })
  await symlink(config, join(workspace, 'SOUL.md'))
  await symlink(join(home, 'nowhere'), join(workspace, 'USER.md'))
  await mkdir(join(workspace, 'TOOLS.md'))
  await writeFile(join(workspace, 'notes/memory.md'), 'inside')
  await symlink('notes/memory.md', join(workspace, 'MEMORY.md'))
  const secret = await readFile(config, 'utf8')
  for (const name of ['SOUL.md', 'USER.md', 'TOOLS.md']) {
    const params = { agentId: 'main', name }
    t.match(await errorOf(app, 'agents.files.get', params), { code: 'invalid_request' }, name)
    t.match(await errorOf(app, 'agents.files.set', { ...params, content: 'x' }), { code: 'invalid_request' }, name)
  }
  t.equal(await readFile(config, 'utf8'), secret)
  t.notOk(existsSync(join(home, 'nowhere')))
  await resultOf(app, 'agents.files.set', { agentId: 'main', name: 'MEMORY.md', content: 'changed' })
  t.equal(await readFile(join(workspace, 'notes/memory.md'), 'utf8'), 'changed', 'a link inside is followed')
})

t.test('agent.identity.get', async (t) => {
  const app = await build(
    t,
    testConfig({
      agents: {
        entries: {
          main: {},
          ada: { identity: { name: 'Ada', emoji: '🦉', avatar: 'https://example.test/a.png' } },
          pic: { identity: { avatar: 'data:image/png;base64,AA==' } },
          local: { identity: { avatar: 'me.png' } },
        },
      },
    }),
  )
  const cases: readonly [what: string, params: object, expected: object][] = [
    ['nothing known', {}, { agentId: 'main', name: 'Assistant', nameSource: 'default', avatarStatus: 'none' }],
    [
      'from the config',
      { agentId: 'ada' },
      { name: 'Ada', nameSource: 'config', emoji: '🦉', avatar: 'https://example.test/a.png', avatarStatus: 'remote' },
    ],
    ['of a session', { sessionKey: 'agent:ada:main' }, { agentId: 'ada' }],
    ['a key without an agent', { sessionKey: 'main' }, { agentId: 'main' }],
    ['a data URL', { agentId: 'pic' }, { avatarStatus: 'data' }],
    ['a file', { agentId: 'local' }, { avatarStatus: 'none', avatarSource: 'me.png', avatarReason: String }],
  ]
  for (const [what, params, expected] of cases) {
    const got = await resultOf(app, 'agent.identity.get', params)
    t.strictSame(protocol.problems('AgentIdentityResult', got), [], what)
    t.match(got, expected, what)
  }
  const content = '# Identity\n\n- **Name:** Bob\n- Emoji: 🐢\n- Role:\n'
  await resultOf(app, 'agents.files.set', { agentId: 'main', name: 'IDENTITY.md', content })
  t.match(await resultOf(app, 'agent.identity.get'), { name: 'Bob', nameSource: 'workspace', emoji: '🐢' })
})

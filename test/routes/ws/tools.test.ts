import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { build, testConfig } from '../../helper/gateway.js'
import { ProtocolSchema } from '../../helper/protocol-schema.js'
import { errorOf, resultOf } from '../../helper/rpc.js'

const protocol = new ProtocolSchema()
const config = testConfig({
  tools: { profile: 'coding' },
  agents: { entries: { main: {}, work: { tools: { profile: 'minimal' } } } },
})

t.test('tools.catalog: every tool by group', async (t) => {
  const app = await build(t, config)
  const catalog = (await resultOf(app, 'tools.catalog', { includePlugins: true })) as {
    groups: { id: string; tools: { id: string; defaultProfiles: string[] }[] }[]
  }
  t.strictSame(protocol.problems('ToolsCatalogResult', catalog), [])
  t.match(catalog, { agentId: 'main', profiles: [{ id: 'minimal' }, {}, {}, { id: 'full' }] })
  const names = catalog.groups.flatMap(({ tools }) => tools.map(({ id }) => id))
  for (const name of ['read', 'write', 'edit', 'apply_patch', 'exec', 'process', 'web_fetch', 'web_search']) {
    t.ok(names.includes(name), name)
  }
  t.match(catalog.groups[0], { id: 'fs', label: 'Files', source: 'core' })
  t.strictSame(catalog.groups[0]?.tools.find(({ id }) => id === 'read')?.defaultProfiles, ['coding', 'full'])
})

t.test('tools.effective: what a turn gets, and for the rest the rule that decided', async (t) => {
  const app = await build(t, config)
  const effective = async (sessionKey: string) => {
    const result = (await resultOf(app, 'tools.effective', { sessionKey })) as {
      groups: { tools: { id: string }[] }[]
      notices?: { id: string; message: string }[]
    }
    t.strictSame(protocol.problems('ToolsEffectiveResult', result), [])
    return { ...result, names: result.groups.flatMap(({ tools }) => tools.map(({ id }) => id)) }
  }
  const main = await effective('agent:main:main')
  t.match(main, { agentId: 'main', profile: 'coding' })
  t.ok(main.names.includes('read') && main.names.includes('exec'))
  t.notOk(main.names.includes('web_search'), 'no key')
  t.match(
    main.notices?.find(({ id }) => id === 'denied:web_search'),
    { message: '"web_search" is not set up. Set tools.web.search.apiKey in the config.' },
  )
  const work = await effective('agent:work:main')
  t.match(work, { agentId: 'work', profile: 'minimal' })
  t.notOk(work.names.includes('read'))
  t.match(
    work.notices?.find(({ id }) => id === 'denied:read'),
    {
      message:
        /not on the list of agents\.entries\.work\.tools\.profile\. Add it to agents\.entries\.work\.tools\.alsoAllow/,
    },
  )
})

t.test('tools.effective: whichever layer decided, its key is named', async (t) => {
  const app = await build(
    t,
    testConfig({
      tools: {
        deny: ['apply_patch'],
        byProvider: { upstream: { deny: ['edit'] }, 'upstream/one': { deny: ['process'] } },
        subagents: { tools: { deny: ['read'] } },
      },
      agents: {
        defaults: { model: 'upstream/one', sandbox: { mode: 'non-main' } },
        entries: { main: { tools: { deny: ['write'] } } },
      },
      models: { providers: { upstream: { baseUrl: 'http://127.0.0.1:1/v1', models: [{ id: 'one', name: 'One' }] } } },
      channels: { telegram: { groups: { '-100': { tools: { deny: ['exec'] } } } } },
    }),
  )
  const rows: readonly (readonly [session: string, tool: string, key: RegExp])[] = [
    ['agent:main:main', 'apply_patch', /by "apply_patch" in tools\.deny/],
    ['agent:main:main', 'edit', /by "edit" in tools\.byProvider\.upstream\.deny/],
    ['agent:main:main', 'process', /by "process" in tools\.byProvider\["upstream\/one"\]\.deny/],
    ['agent:main:main', 'write', /by "write" in agents\.entries\.main\.tools\.deny/],
    ['agent:main:telegram:group:-100', 'exec', /by "exec" in channels\.telegram\.groups\["?-100"?\]\.tools\.deny/],
    ['agent:main:telegram:group:-1', 'web_fetch', /not on the list of tools\.sandbox\.tools\.allow/],
    ['agent:main:subagent:x', 'read', /by "read" in tools\.subagents\.tools\.deny/],
  ]
  for (const [sessionKey, tool, key] of rows) {
    const { notices } = (await resultOf(app, 'tools.effective', { sessionKey })) as {
      notices: { id: string; message: string }[]
    }
    t.match(notices.find(({ id }) => id === `denied:${tool}`)?.message, key, `${sessionKey}: ${tool}`)
  }
})

t.test('tools.invoke: a refusal is a result', async (t) => {
  const app = await build(t, config)
  const { workspace } = app.runtime.instance.paths
  mkdirSync(workspace, { recursive: true })
  writeFileSync(join(workspace, 'a.txt'), 'hello')
  const call = async (params: object) => {
    const result = await resultOf(app, 'tools.invoke', params)
    t.strictSame(protocol.problems('ToolsInvokeResult', result), [])
    return result
  }
  t.match(await call({ name: 'Read', args: { path: 'a.txt' } }), {
    ok: true,
    toolName: 'read',
    source: 'core',
    output: { content: [{ type: 'text', text: 'hello' }], details: { totalLines: 1 } },
  })
  const cases = [
    { params: { name: 'teleport', args: { to: 'moon' } }, code: 'tool_not_found' },
    { params: { name: 'exec', args: { command: 'id' } }, code: 'tool_denied' },
    { params: { name: 'read', args: { path: 'a.txt' }, agentId: 'work' }, code: 'tool_denied' },
    { params: { name: 'read' }, code: 'invalid_tool_arguments' },
    { params: { name: 'read', args: { path: '../../etc/passwd' } }, code: 'tool_error' },
  ]
  for (const { params, code } of cases) {
    t.match(await call(params), { ok: false, toolName: params.name, error: { code, message: String } })
  }
  const once = { name: 'read', args: { path: 'a.txt' }, idempotencyKey: 'k' }
  const first = await call(once)
  writeFileSync(join(workspace, 'a.txt'), 'changed')
  t.strictSame(await call(once), first)
})

t.test('skills, commands, voice: valid and empty', async (t) => {
  const app = await build(t, config)
  const { paths } = app.runtime.instance
  t.strictSame(await resultOf(app, 'skills.status', { agentId: 'work' }), {
    workspaceDir: join(paths.state, 'agents/work/workspace'),
    managedSkillsDir: join(paths.state, 'skills'),
    agentId: 'work',
    skills: [],
  })
  const commands = await resultOf(app, 'commands.list', { scope: 'both' })
  t.strictSame(protocol.problems('CommandsListResult', commands), [])
  const talk = await resultOf(app, 'talk.catalog')
  t.strictSame(protocol.problems('TalkCatalogResult', talk), [])
})

t.test('what is refused', async (t) => {
  const app = await build(t, config)
  const named = { name: 'x', sessionKey: 'agent:nobody:main' }
  for (const method of ['tools.catalog', 'tools.effective', 'tools.invoke', 'skills.status', 'commands.list']) {
    t.match(
      await errorOf(app, method, { ...named, agentId: 'nobody' }),
      { message: 'agent "nobody" not found' },
      method,
    )
  }
  t.match(await errorOf(app, 'tools.effective'), { message: /must have required property 'sessionKey'/ })
  t.match(await errorOf(app, 'tools.invoke', { name: '' }), { code: 'invalid_params' })
  t.match(await errorOf(app, 'tools.invoke', { name: 'x', args: [] }), { code: 'invalid_params' })
})

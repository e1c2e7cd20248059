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

t.test('tools are told as they are: there are none', async (t) => {
  const app = await build(t, config)
  const catalog = await resultOf(app, 'tools.catalog', { includePlugins: true })
  t.strictSame(protocol.problems('ToolsCatalogResult', catalog), [])
  t.match(catalog, { agentId: 'main', profiles: [{ id: 'minimal' }, {}, {}, { id: 'full' }], groups: [] })
  for (const [sessionKey, profile] of [
    ['agent:main:main', 'coding'],
    ['agent:work:main', 'minimal'],
  ]) {
    const effective = await resultOf(app, 'tools.effective', { sessionKey })
    t.strictSame(protocol.problems('ToolsEffectiveResult', effective), [])
    t.match(effective, { profile, groups: [], notices: [{ severity: 'info' }] })
  }
  const refused = await resultOf(app, 'tools.invoke', { name: 'teleport', args: { to: 'moon' } })
  t.strictSame(protocol.problems('ToolsInvokeResult', refused), [])
  t.match(refused, { ok: false, toolName: 'teleport', error: { code: 'tool_unknown', message: /no tool "teleport"/ } })
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

import t from 'tap'
import type { Config } from '../../../schemas/config/index.js'
import { explain } from '../../../src/tools/_policy/explain.js'
import type { PolicyFacts, PolicyRule } from '../../../src/tools/_policy/types.js'
import { policyOf } from './tools.js'

interface Row {
  readonly tool: string
  readonly config: Config
  readonly facts?: Partial<PolicyFacts>
  readonly rule: PolicyRule
  readonly says: RegExp
}

const rows: readonly Row[] = [
  { tool: 'exec', config: {}, rule: { layer: 'default', key: 'tools' }, says: /allowed: no rule/ },
  {
    tool: 'exec',
    config: { tools: { deny: ['Group:Runtime'] } },
    rule: { layer: 'global', key: 'tools.deny', entry: 'Group:Runtime' },
    says: /^"exec" is denied by "Group:Runtime" in tools\.deny\.$/,
  },
  {
    tool: 'exec',
    config: { tools: { allow: ['read'] } },
    rule: { layer: 'global', key: 'tools.allow' },
    says: /not on the list of tools\.allow\. Add it there/,
  },
  {
    tool: 'read',
    config: { tools: { profile: 'coding', allow: ['rea*'] } },
    rule: { layer: 'global', key: 'tools.allow', entry: 'rea*' },
    says: /allowed by "rea\*" in tools\.allow/,
  },
  {
    tool: 'message',
    config: { tools: { profile: 'coding' } },
    rule: { layer: 'profile', key: 'tools.profile' },
    says: /Add it to tools\.alsoAllow/,
  },
  {
    tool: 'message',
    config: { agents: { entries: { 'my.agent': { tools: { profile: 'minimal' } } } } },
    facts: { agent: 'my.agent' },
    rule: { layer: 'profile', key: 'agents.entries["my.agent"].tools.profile' },
    says: /Add it to agents\.entries\["my\.agent"\]\.tools\.alsoAllow/,
  },
  {
    tool: 'read',
    config: { tools: { byProvider: { 'openai/gpt': { deny: ['read'] } } } },
    facts: { provider: 'openai', model: 'gpt' },
    rule: { layer: 'provider', key: 'tools.byProvider["openai/gpt"].deny', entry: 'read' },
    says: /in tools\.byProvider/,
  },
  {
    tool: 'read',
    config: { channels: { slack: { groups: { C1: { tools: { deny: ['*'] } } } } } },
    facts: { place: { channel: 'slack', id: 'C1' } },
    rule: { layer: 'group', key: 'channels.slack.groups.C1.tools.deny', entry: '*' },
    says: /channels\.slack\.groups\.C1\.tools\.deny/,
  },
  {
    tool: 'gateway',
    config: {},
    facts: { owner: false },
    rule: { layer: 'owner', key: 'commands.ownerAllowFrom', builtIn: true },
    says: /for the owner only/,
  },
  {
    tool: 'browser',
    config: {},
    facts: { sandboxed: true },
    rule: { layer: 'sandbox', key: 'tools.sandbox.tools.alsoAllow', entry: 'browser', builtIn: true },
    says: /not for sandboxed sessions\. Name it in tools\.sandbox\.tools\.alsoAllow/,
  },
  {
    tool: 'message',
    config: {},
    facts: { subagentDepth: 1 },
    rule: { layer: 'subagent', key: 'tools.subagents.tools', entry: 'message', builtIn: true },
    says: /^"message" is not for sub-agents\.$/,
  },
  {
    tool: 'memory_get',
    config: {},
    facts: { subagentDepth: 1 },
    rule: { layer: 'subagent', key: 'tools.subagents.tools.alsoAllow', entry: 'memory_get', builtIn: true },
    says: /Add it to tools\.subagents\.tools\.alsoAllow/,
  },
  {
    tool: 'memory_search',
    config: {},
    facts: { place: { channel: 'slack', id: 'C1' } },
    rule: { layer: 'private', key: 'session', entry: 'memory_search', builtIn: true },
    says: /private sessions only: in a group others would read along/,
  },
  {
    tool: 'memory_get',
    config: {},
    facts: { owner: false, sender: { channel: 'slack', id: 'U1' } },
    rule: { layer: 'private', key: 'commands.ownerAllowFrom', entry: 'memory_get', builtIn: true },
    says: /main session and for its owner only \(commands\.ownerAllowFrom\)/,
  },
  {
    tool: 'sessions_spawn',
    config: {},
    facts: { subagentDepth: 1 },
    rule: { layer: 'subagent', key: 'agents.defaults.subagents.maxSpawnDepth', entry: 'sessions_spawn', builtIn: true },
    says: /maxSpawnDepth/,
  },
  {
    tool: 'exec',
    config: {},
    facts: { direct: true },
    rule: { layer: 'direct', key: 'gateway.tools.allow', entry: 'exec', builtIn: true },
    says: /Add it to gateway\.tools\.allow/,
  },
  {
    tool: 'exec',
    config: { tools: { deny: ['exec'] }, gateway: { tools: { allow: ['exec'] } } },
    facts: { direct: true, sandboxed: true },
    rule: { layer: 'global', key: 'tools.deny', entry: 'exec' },
    says: /in tools\.deny/,
  },
]

t.test('the rule that decided has a name', async (t) => {
  for (const { tool, config, facts = {}, rule, says } of rows) {
    const verdict = policyOf(config, facts).verdicts.get(tool)
    t.strictSame(verdict?.rule, rule, `${tool} ${JSON.stringify(config)}`)
    if (verdict) t.match(explain(tool, verdict), says)
  }
})

t.test('lists that probably mean something else are told', async (t) => {
  const notices = (config: Config, facts: Partial<PolicyFacts> = {}) => policyOf(config, facts).notices
  t.strictSame(notices({ tools: { allow: ['exec', 'group:fs'], deny: ['tts', '*'] } }), [])
  t.strictSame(notices({ tools: { allow: ['exec', 'raed'] } }), [
    { key: 'tools.allow', message: 'tools.allow: no tool is called "raed". Did you mean "read"?' },
  ])
  t.match(notices({ tools: { deny: ['group:file'] } }), [{ message: /no tool is called "group:file"/ }])
  t.match(notices({ tools: { allow: ['raed'] } })[1], { key: 'tools.allow', message: /it is ignored/ })
  t.equal(notices({ tools: { sandbox: { tools: { allow: ['raed'] } } } }, { sandboxed: true }).length, 1)
})

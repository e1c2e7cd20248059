import fc from 'fast-check'
import t from 'tap'
import type { Config } from '../../../schemas/config/index.js'
import { layersOf } from '../../../src/tools/_policy/layers.js'
import type { PolicyFacts } from '../../../src/tools/_policy/types.js'
import { allNames, allowed, names, owner, policyOf } from './tools.js'

type Rules = NonNullable<NonNullable<Config['tools']>['byProvider']>[string]
type Choice = readonly [rules: Rules, left: string]

/** For each step what may be written there, and what it would leave if it stood alone. Worked out by hand. */
const profiles: readonly Choice[] = [
  [{}, 'all'],
  [{ profile: 'minimal' }, 'session_status'],
  [{ profile: 'coding' }, '@fs @runtime @sessions @memory @web cron image'],
  [
    { profile: 'messaging', alsoAllow: ['read'] },
    'message sessions_list sessions_history sessions_send session_status read',
  ],
]
const groups: readonly Choice[] = [
  [{}, 'all'],
  [{ deny: ['group:runtime', 'group:ui'] }, 'all -@runtime -@ui'],
  [{ allow: ['group:fs', 'group:sessions'] }, '@fs @sessions'],
]
const agents: readonly Choice[] = [
  [{}, 'all'],
  [{ deny: ['write', 'bash'] }, 'all -write -exec'],
  [{ allow: ['write', 'session_*', 'sessions_*'] }, 'write apply_patch @sessions'],
]
const providers: readonly Choice[] = [
  [{}, 'all'],
  [{ allow: ['group:openclaw'], deny: ['EDIT'] }, 'all -jira_search -edit'],
]
const senders: readonly Choice[] = [
  [{}, 'all'],
  [{ deny: ['sessions_send', 'read'] }, 'all -sessions_send -read'],
  [{ allow: ['read', 'message', 'session_status'] }, 'read message session_status'],
]
const sandboxes: readonly (readonly [boolean, string])[] = [
  [false, 'all'],
  [true, '@runtime @fs @sessions image'],
]

const cells = profiles.flatMap((profile) =>
  groups.flatMap((group) =>
    agents.flatMap((agent) =>
      providers.flatMap((provider) =>
        senders.flatMap((sender) => sandboxes.map((sandbox) => ({ profile, group, agent, provider, sender, sandbox }))),
      ),
    ),
  ),
)

t.test(`${cells.length} policies: profile x group x agent x provider x sender x sandbox`, async (t) => {
  t.ok(cells.length >= 300)
  for (const { profile, group, agent, provider, sender, sandbox } of cells) {
    const config: Config = {
      tools: {
        ...profile[0],
        // A general allow list and alsoAllow exclude each other in one place, so the lists stand with the provider.
        byProvider: { upstream: group[0], 'upstream/one': provider[0] },
        toolsBySender: { '*': { deny: ['*'] }, 'id:7': sender[0] },
      },
      agents: { entries: { work: { tools: agent[0] } } },
    }
    const facts: PolicyFacts = {
      agent: 'work',
      owner: true,
      provider: 'upstream',
      model: 'one',
      sender: { channel: 'slack', id: '7' },
      sandboxed: sandbox[0],
    }
    const parts = [profile, group, agent, provider, sender, sandbox].map(([, left]) => names(left))
    const expected = allNames.filter((name) => parts.every((part) => part.includes(name)))
    t.strictSame(allowed(config, facts), expected, JSON.stringify([config, facts.sandboxed]))
  }
})

const text = fc.constantFrom(
  ...allNames,
  '*',
  'group:fs',
  'group:web',
  'GROUP:Runtime',
  'sess*',
  'bash',
  'raed',
  'browser',
)
const list = fc.option(fc.array(text, { maxLength: 4 }), { nil: undefined })
const rules = fc.record({
  profile: fc.option(fc.constantFrom('minimal', 'coding', 'messaging', 'full'), { nil: undefined }),
  allow: list,
  deny: list,
}) as fc.Arbitrary<Rules>
const keys = ['provider', 'agent', 'sender', 'sandbox', 'subagent'] as const

t.test('a rule more never gives a tool more, and deny always wins', async (t) => {
  const property = fc.property(
    rules,
    fc.array(fc.tuple(fc.constantFrom(...keys), rules), { minLength: 1, maxLength: 3 }),
    (general, more) => {
      const facts = { ...owner, agent: 'work', provider: 'p', model: 'm', sender: { channel: 'c', id: '1' } }
      const config = more.reduce<Config>((sum, [key, rule]) => withRules(sum, key, rule), { tools: general })
      const all = { ...facts, sandboxed: true, subagentDepth: 1 }
      const before = allowed({ tools: general }, facts)
      const after = policyOf(config, all)
      const denied = layersOf(config, all).flatMap((layer) => (layer.deny ?? []).map((entry) => entry.text))
      for (const [name, verdict] of after.verdicts) {
        if (verdict.allowed && !before.includes(name) && !more.some(([key, rule]) => key === 'agent' && rule.profile))
          throw new Error(`${name} came by a further rule`)
        if (verdict.allowed && denied.includes(name)) throw new Error(`${name} is denied and allowed`)
      }
    },
  )
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2_000 }))
})

function withRules(config: Config, key: (typeof keys)[number], rule: Rules): Config {
  const { tools } = config
  if (key === 'provider') return { ...config, tools: { ...tools, byProvider: { p: rule } } }
  if (key === 'sender') return { ...config, tools: { ...tools, toolsBySender: { '1': rule } } }
  if (key === 'sandbox') return { ...config, tools: { ...tools, sandbox: { tools: rule } } }
  if (key === 'subagent') return { ...config, tools: { ...tools, subagents: { tools: rule } } }
  return { ...config, agents: { entries: { work: { tools: rule } } } }
}

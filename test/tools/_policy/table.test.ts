import t from 'tap'
import type { Config } from '../../../schemas/config/index.js'
import type { PolicyFacts } from '../../../src/tools/_policy/types.js'
import { allNames, allowed, names } from './tools.js'

/** What is written in the config, who asks, and every tool that is left. */
interface Row {
  readonly name: string
  readonly config?: Config
  readonly facts?: Partial<PolicyFacts>
  readonly left: string
}

const agentTools = (tools: NonNullable<NonNullable<Config['agents']>['entries']>[string]['tools']): Config => ({
  agents: { entries: { work: { tools }, main: {} } },
})
const work = { agent: 'work' }
const claude = { provider: 'anthropic', model: 'claude-x' }
const ann = { channel: 'telegram', id: '42', username: 'Ann', name: 'Ann B', e164: '+491' }
const room = { channel: 'telegram', id: '-100' }
const coding = '@fs @runtime @sessions @memory @web cron image'
const sandbox = '@runtime @fs @sessions image'

const rows: readonly Row[] = [
  // Profiles
  { name: 'nothing written', left: 'all' },
  { name: 'profile full', config: { tools: { profile: 'full' } }, left: 'all' },
  { name: 'profile minimal', config: { tools: { profile: 'minimal' } }, left: 'session_status' },
  { name: 'profile coding', config: { tools: { profile: 'coding' } }, left: coding },
  {
    name: 'profile messaging',
    config: { tools: { profile: 'messaging' } },
    left: '@messaging sessions_list sessions_history sessions_send session_status',
  },
  {
    name: 'alsoAllow adds to the profile',
    config: { tools: { profile: 'minimal', alsoAllow: ['read', 'group:memory'] } },
    left: 'session_status read @memory',
  },
  { name: 'alsoAllow without a profile takes nothing away', config: { tools: { alsoAllow: ['read'] } }, left: 'all' },
  {
    name: 'a tool in the profile and in deny is denied',
    config: { tools: { profile: 'minimal', alsoAllow: ['read'], deny: ['session_status'] } },
    left: 'read',
  },
  {
    name: 'alsoAllow does not beat deny',
    config: { tools: { profile: 'minimal', alsoAllow: ['exec'], deny: ['exec'] } },
    left: 'session_status',
  },
  {
    name: 'the profile of an agent stands in for the general one',
    config: { ...agentTools({ profile: 'messaging' }), tools: { profile: 'coding' } },
    facts: work,
    left: '@messaging sessions_list sessions_history sessions_send session_status',
  },
  {
    name: 'what is added to the general profile is not added to that of an agent',
    config: { ...agentTools({ profile: 'minimal' }), tools: { profile: 'coding', alsoAllow: ['message'] } },
    facts: work,
    left: 'session_status',
  },
  {
    name: 'an agent adds to the general profile',
    config: { ...agentTools({ alsoAllow: ['message'] }), tools: { profile: 'minimal' } },
    facts: work,
    left: 'session_status message',
  },
  {
    name: 'other agents do not get it',
    config: { ...agentTools({ alsoAllow: ['message'] }), tools: { profile: 'minimal' } },
    left: 'session_status',
  },
  // Lists
  { name: 'allow is a closed list', config: { tools: { allow: ['read', 'exec'] } }, left: 'read exec' },
  { name: 'an empty allow is none', config: { tools: { allow: [] } }, left: 'all' },
  { name: 'deny', config: { tools: { deny: ['browser', 'canvas'] } }, left: 'all -browser -canvas' },
  { name: 'deny wins over allow', config: { tools: { allow: ['read', 'exec'], deny: ['exec'] } }, left: 'read' },
  { name: 'deny of everything', config: { tools: { deny: ['*'] } }, left: '' },
  { name: 'write brings apply_patch', config: { tools: { allow: ['write'] } }, left: 'write apply_patch' },
  { name: 'a glob over write brings it too', config: { tools: { allow: ['wri*'] } }, left: 'write apply_patch' },
  { name: 'deny of write leaves apply_patch', config: { tools: { deny: ['write'] } }, left: 'all -write' },
  {
    name: 'write with apply_patch denied',
    config: { tools: { allow: ['write'], deny: ['apply_patch'] } },
    left: 'write',
  },
  { name: 'glob', config: { tools: { allow: ['sessions_*'] } }, left: '@sessions -session_status' },
  {
    name: 'glob in the middle',
    config: { tools: { deny: ['*_se*'] } },
    left: 'all -memory_search -web_search -sessions_send -jira_search',
  },
  { name: 'case does not matter', config: { tools: { allow: ['READ', 'Group:Memory'] } }, left: 'read @memory' },
  { name: 'spaces around a name', config: { tools: { deny: [' exec '] } }, left: 'all -exec' },
  { name: 'bash is exec', config: { tools: { deny: ['bash'] } }, left: 'all -exec' },
  { name: 'a glob over bash is exec', config: { tools: { deny: ['ba*'] } }, left: 'all -exec' },
  {
    name: 'dashes are underscores',
    config: { tools: { deny: ['apply-patch', 'web-*'] } },
    left: 'all -apply_patch -web_search -web_fetch',
  },
  { name: 'automations is cron', config: { tools: { deny: ['automations'] } }, left: 'all -cron' },
  { name: 'a dot is a dot', config: { tools: { deny: ['e.ec', 'rea.*'] } }, left: 'all' },
  // Groups
  { name: 'group:fs', config: { tools: { allow: ['group:fs'] } }, left: '@fs' },
  { name: 'group:runtime', config: { tools: { deny: ['group:runtime'] } }, left: 'all -exec -process' },
  {
    name: 'group:openclaw is all that is built in',
    config: { tools: { allow: ['group:openclaw'] } },
    left: 'all -jira_search',
  },
  { name: 'group:plugins is the rest', config: { tools: { allow: ['group:plugins'] } }, left: 'jira_search' },
  {
    name: 'deny of a group that holds everything',
    config: { tools: { deny: ['group:openclaw'] } },
    left: 'jira_search',
  },
  { name: 'a plugin that says it is about the web', config: { tools: { allow: ['group:web'] } }, left: '@web' },
  {
    name: 'and is meant when the web is denied',
    config: { tools: { deny: ['group:web'] } },
    left: 'all -@web -jira_search',
  },
  // Names that nobody knows
  { name: 'a list of unknown names is ignored', config: { tools: { allow: ['raed'] } }, left: 'all' },
  { name: 'one known name keeps it closed', config: { tools: { allow: ['raed', 'exec'] } }, left: 'exec' },
  { name: 'a name of the official gateway keeps it closed', config: { tools: { allow: ['tts'] } }, left: '' },
  { name: 'unknown names in deny change nothing', config: { tools: { deny: ['raed'] } }, left: 'all' },
  // By provider
  {
    name: 'rules of a provider',
    config: { tools: { byProvider: { anthropic: { deny: ['exec'] } } } },
    facts: claude,
    left: 'all -exec',
  },
  {
    name: 'not for another provider',
    config: { tools: { byProvider: { anthropic: { deny: ['exec'] } } } },
    facts: { provider: 'openai', model: 'claude-x' },
    left: 'all',
  },
  {
    name: 'rules of a model join those of its provider',
    config: {
      tools: { byProvider: { anthropic: { deny: ['exec'] }, 'Anthropic/Claude-X': { allow: ['exec', 'read'] } } },
    },
    facts: claude,
    left: 'read',
  },
  {
    name: 'the profile of a provider narrows',
    config: { tools: { profile: 'coding', byProvider: { anthropic: { profile: 'messaging' } } } },
    facts: claude,
    left: 'sessions_list sessions_history sessions_send session_status',
  },
  {
    name: 'the profile of a model stands in for that of its provider',
    config: {
      tools: { byProvider: { anthropic: { profile: 'minimal' }, 'anthropic/claude-x': { profile: 'messaging' } } },
    },
    facts: claude,
    left: '@messaging sessions_list sessions_history sessions_send session_status',
  },
  {
    name: 'a model whose name has slashes',
    config: { tools: { byProvider: { 'openrouter/meta/llama': { allow: ['read'] } } } },
    facts: { provider: 'openrouter', model: 'meta/llama' },
    left: 'read',
  },
  {
    name: 'a provider cannot widen',
    config: { tools: { deny: ['exec'], byProvider: { anthropic: { allow: ['exec', 'read'] } } } },
    facts: claude,
    left: 'read',
  },
  // Agents
  { name: 'rules of an agent', config: agentTools({ deny: ['exec'] }), facts: work, left: 'all -exec' },
  {
    name: 'an agent cannot widen',
    config: { ...agentTools({ allow: ['exec', 'read'] }), tools: { deny: ['exec'] } },
    facts: work,
    left: 'read',
  },
  {
    name: 'an agent outside of a closed list has nothing',
    config: { ...agentTools({ allow: ['exec'] }), tools: { allow: ['read'] } },
    facts: work,
    left: '',
  },
  {
    name: 'rules of an agent by provider',
    config: agentTools({ byProvider: { anthropic: { allow: ['group:fs'] } } }),
    facts: { ...work, ...claude },
    left: '@fs',
  },
  {
    name: 'an agent with a name of the prototype',
    config: agentTools({ deny: ['exec'] }),
    facts: { agent: 'constructor' },
    left: 'all',
  },
  // Senders and groups
  {
    name: 'rules of everybody',
    config: { tools: { toolsBySender: { '*': { deny: ['exec'] } } } },
    facts: { sender: ann },
    left: 'all -exec',
  },
  {
    name: 'a sender by id before everybody',
    config: { tools: { toolsBySender: { '*': { deny: ['group:runtime'] }, 'id:42': { deny: ['process'] } } } },
    facts: { sender: ann },
    left: 'all -process',
  },
  {
    name: 'a channel and id before an id',
    config: { tools: { toolsBySender: { 'id:42': { deny: ['exec'] }, 'channel:telegram:42': { deny: ['read'] } } } },
    facts: { sender: ann },
    left: 'all -read',
  },
  {
    name: 'the same id in another channel is somebody else',
    config: { tools: { toolsBySender: { 'channel:slack:42': { allow: ['read'] }, '*': { allow: ['image'] } } } },
    facts: { sender: ann },
    left: 'image',
  },
  {
    name: 'e164, username and name, in this order',
    config: {
      tools: {
        toolsBySender: {
          'name:ann b': { allow: ['image'] },
          'username:@ann': { allow: ['read'] },
          'e164:+491': { allow: ['exec'] },
        },
      },
    },
    facts: { sender: ann },
    left: 'exec',
  },
  {
    name: 'a sender cannot widen',
    config: { tools: { deny: ['exec'], toolsBySender: { 'id:42': { allow: ['exec', 'read'] } } } },
    facts: { sender: ann },
    left: 'read',
  },
  {
    name: 'a list of unknown names lets no stranger through',
    config: { tools: { toolsBySender: { '*': { allow: ['raed'] } } } },
    facts: { sender: ann },
    left: '',
  },
  {
    name: 'rules of a sender for one agent join the general ones',
    config: {
      ...agentTools({ toolsBySender: { '42': { deny: ['read'] } } }),
      tools: { toolsBySender: { '42': { deny: ['exec'] } } },
    },
    facts: { ...work, sender: ann },
    left: 'all -exec -read',
  },
  {
    name: 'rules of a group',
    config: { channels: { telegram: { groups: { '-100': { tools: { allow: ['group:web'] } } } } } },
    facts: { sender: ann, place: room },
    left: '@web',
  },
  {
    name: 'rules of all other groups',
    config: { channels: { telegram: { groups: { '-200': {}, '*': { tools: { deny: ['exec'] } } } } } },
    facts: { sender: ann, place: room },
    left: 'all -exec -@memory',
  },
  {
    name: 'a sender in a group before the group',
    config: {
      channels: {
        telegram: { groups: { '-100': { tools: { allow: ['image'] }, toolsBySender: { '42': { allow: ['read'] } } } } },
      },
    },
    facts: { sender: ann, place: room },
    left: 'read',
  },
  {
    name: 'another sender has the rules of the group',
    config: {
      channels: {
        telegram: { groups: { '-100': { tools: { allow: ['image'] }, toolsBySender: { '43': { allow: ['read'] } } } } },
      },
    },
    facts: { sender: ann, place: room },
    left: 'image',
  },
  {
    name: 'the groups of an account replace those of the channel',
    config: {
      channels: {
        telegram: {
          groups: { '-100': { tools: { allow: ['image'] } } },
          accounts: { two: { groups: { '-100': { tools: { allow: ['read'] } } } } },
        },
      },
    },
    facts: { sender: ann, place: { ...room, account: 'two' } },
    left: 'read',
  },
  {
    name: 'a direct message has no rules of a group',
    config: { channels: { telegram: { groups: { '*': { tools: { deny: ['*'] } } } } } },
    facts: { sender: ann },
    left: 'all',
  },
  // Owners
  { name: 'what is for the owner only', facts: { owner: false }, left: 'all -cron -gateway -nodes' },
  {
    name: 'allowing it does not help a stranger',
    config: { tools: { allow: ['gateway', 'cron', 'read'] } },
    facts: { owner: false },
    left: 'read',
  },
  // Sandbox
  { name: 'a sandbox has its own list', facts: { sandboxed: true }, left: sandbox },
  {
    name: 'another list for sandboxes',
    config: {
      tools: { sandbox: { tools: { allow: ['group:runtime', 'group:fs', 'group:sessions', 'group:memory'] } } },
    },
    facts: { sandboxed: true },
    left: '@runtime @fs @sessions @memory',
  },
  {
    name: 'that list is for sandboxes only',
    config: { tools: { sandbox: { tools: { allow: ['group:fs'] } } } },
    left: 'all',
  },
  {
    name: 'everything but what is denied in sandboxes',
    config: { tools: { sandbox: { tools: { allow: ['*'] } } } },
    facts: { sandboxed: true },
    left: 'all -browser -canvas -nodes -cron -gateway -message',
  },
  {
    name: 'what is denied by default is allowed by its name',
    config: { tools: { sandbox: { tools: { alsoAllow: ['browser'] } } } },
    facts: { sandboxed: true },
    left: `${sandbox} browser`,
  },
  {
    name: 'the list of an agent replaces the general one',
    config: {
      ...agentTools({ sandbox: { tools: { allow: ['read'] } } }),
      tools: { sandbox: { tools: { allow: ['exec'], alsoAllow: ['image'] } } },
    },
    facts: { ...work, sandboxed: true },
    left: 'read image',
  },
  {
    name: 'deny in sandboxes',
    config: { tools: { sandbox: { tools: { deny: ['exec', 'process'] } } } },
    facts: { sandboxed: true },
    left: '@fs @sessions image',
  },
  {
    name: 'an empty list opens a sandbox',
    config: { tools: { sandbox: { tools: { allow: [] } } } },
    facts: { sandboxed: true },
    left: 'all -browser -canvas -nodes -cron -gateway -message',
  },
  {
    name: 'a sandbox cannot widen',
    config: { tools: { deny: ['exec'], sandbox: { tools: { allow: ['exec', 'read'] } } } },
    facts: { sandboxed: true },
    left: 'read',
  },
  {
    name: 'a list of unknown names leaves a sandbox empty',
    config: { tools: { sandbox: { tools: { allow: ['raed'] } } } },
    facts: { sandboxed: true },
    left: '',
  },
  // Sub-agents
  {
    name: 'a sub-agent',
    facts: { subagentDepth: 1 },
    left: 'all -gateway -agents_list -session_status -cron -message -sessions_send -sessions_spawn -@memory',
  },
  {
    name: 'a sub-agent that may go deeper',
    config: { agents: { defaults: { subagents: { maxSpawnDepth: 2 } } } },
    facts: { subagentDepth: 1 },
    left: 'all -gateway -agents_list -session_status -cron -message -sessions_send -@memory',
  },
  {
    name: 'memory for sub-agents',
    config: { tools: { subagents: { tools: { alsoAllow: ['memory_search', 'gateway'] } } } },
    facts: { subagentDepth: 1 },
    left: 'all -gateway -agents_list -session_status -cron -message -sessions_send -sessions_spawn -memory_get',
  },
  {
    name: 'a closed list for sub-agents',
    config: { tools: { subagents: { tools: { allow: ['read', 'session_status'] } } } },
    facts: { subagentDepth: 1 },
    left: 'read',
  },
  {
    name: 'a sub-agent in a sandbox',
    facts: { subagentDepth: 1, sandboxed: true },
    left: '@runtime @fs sessions_list sessions_history image',
  },
  // Called by a client on its own
  {
    name: 'called directly',
    facts: { direct: true },
    left: 'all -@runtime -write -edit -apply_patch -sessions_spawn -sessions_send -@automation -nodes',
  },
  {
    name: 'the owner takes exec off the list',
    config: { gateway: { tools: { allow: ['bash', 'write'] } } },
    facts: { direct: true },
    left: 'all -process -edit -apply_patch -sessions_spawn -sessions_send -@automation -nodes',
  },
  {
    name: 'nobody else does',
    config: { gateway: { tools: { allow: ['exec', 'cron'] } } },
    facts: { direct: true, owner: false },
    left: 'all -@runtime -write -edit -apply_patch -sessions_spawn -sessions_send -@automation -nodes',
  },
  {
    name: 'a glob takes nothing off the list',
    config: { gateway: { tools: { allow: ['*', 'group:runtime'] } } },
    facts: { direct: true },
    left: 'all -@runtime -write -edit -apply_patch -sessions_spawn -sessions_send -@automation -nodes',
  },
  {
    name: 'more is denied',
    config: { gateway: { tools: { deny: ['group:web', 'session*'] } } },
    facts: { direct: true },
    left: 'read agents_list @memory message @ui image',
  },
  {
    name: 'what the policy denies stays denied',
    config: { tools: { deny: ['exec'] }, gateway: { tools: { allow: ['exec'] } } },
    facts: { direct: true },
    left: 'all -@runtime -write -edit -apply_patch -sessions_spawn -sessions_send -@automation -nodes',
  },
  // What the agent remembers
  { name: 'not in a group', facts: { place: room }, left: 'all -@memory' },
  {
    name: 'not in a group, whatever is written',
    config: {
      tools: { alsoAllow: ['memory_search'] },
      channels: { telegram: { groups: { '-100': { tools: { allow: ['group:memory', 'read'] } } } } },
    },
    facts: { place: room },
    left: 'read',
  },
  { name: 'not in a group of another kind of key', facts: { session: 'group' }, left: 'all -@memory' },
  {
    name: 'not in a direct message of somebody else',
    facts: { owner: false, sender: ann },
    left: 'all -@memory -cron -gateway -nodes',
  },
  { name: 'in a direct message of the owner', facts: { sender: ann }, left: 'all' },
  {
    name: 'in the main session',
    facts: { owner: false, sender: ann, session: 'main' },
    left: 'all -cron -gateway -nodes',
  },
  {
    name: 'not in a group that shares the main session',
    facts: { session: 'main', place: room },
    left: 'all -@memory',
  },
]

t.test(`${rows.length * allNames.length} cells`, async (t) => {
  for (const { name, config = {}, facts = {}, left } of rows) {
    t.strictSame(allowed(config, facts), names(left), name)
  }
})

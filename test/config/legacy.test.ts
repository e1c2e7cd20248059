import t from 'tap'
import { isTree } from '../../src/config/tree.js'
import { load, valid } from './helper.js'

interface Row {
  readonly old: unknown
  readonly becomes: unknown
  /** Each warning names the old and the new path. */
  readonly warnings: readonly (readonly [path: string, names: RegExp])[]
}

/** The table of spec/config.md section 2.4, row by row. */
const rows: Readonly<Record<string, Row>> = {
  'agents.list': {
    old: {
      agents: {
        list: [
          { id: 'main', default: true },
          { id: 'ops', model: 'a/b' },
        ],
      },
    },
    becomes: { agents: { entries: { main: { default: true }, ops: { model: 'a/b' } } } },
    warnings: [['agents.list', /agents\.list.*agents\.entries/]],
  },
  'channels.<id>.streamMode, streaming as a switch': {
    old: {
      channels: {
        telegram: { streamMode: 'block', accounts: { a: { streaming: false } } },
        discord: { streaming: true },
        slack: { streamMode: 'partial', streaming: { block: { enabled: true } } },
      },
    },
    becomes: {
      channels: {
        telegram: { streaming: 'block', accounts: { a: { streaming: 'off' } } },
        discord: { streaming: 'partial' },
        slack: { streaming: { block: { enabled: true }, mode: 'partial' } },
      },
    },
    warnings: [
      ['channels.telegram.streamMode', /streamMode.*channels\.telegram\.streaming/],
      ['channels.telegram.accounts.a.streaming', /false.*"off"/],
      ['channels.discord.streaming', /true.*"partial"/],
      ['channels.slack.streamMode', /streamMode.*channels\.slack\.streaming\.mode/],
    ],
  },
  'agent.workspace, model, heartbeat': {
    old: { agent: { workspace: '/w', model: { primary: 'a/b' }, heartbeat: { every: '1h' } } },
    becomes: { agents: { defaults: { workspace: '/w', model: { primary: 'a/b' }, heartbeat: { every: '1h' } } } },
    warnings: [['agent', /agent .*agents\.defaults/]],
  },
  'identity, without agents': {
    old: { identity: { name: 'Clawd' } },
    becomes: { agents: { entries: { main: { identity: { name: 'Clawd' } } } } },
    warnings: [['identity', /agents\.entries\.main\.identity/]],
  },
  'identity goes to the default agent': {
    old: { identity: { name: 'Clawd' }, agents: { list: [{ id: 'a' }, { id: 'b', default: true }] } },
    becomes: { agents: { entries: { a: {}, b: { default: true, identity: { name: 'Clawd' } } } } },
    warnings: [
      ['agents.list', /agents\.entries/],
      ['identity', /agents\.entries\.b\.identity/],
    ],
  },
  'routing.allowFrom makes the channel': {
    old: { routing: { allowFrom: ['+1555'] } },
    becomes: { channels: { whatsapp: { allowFrom: ['+1555'] } } },
    warnings: [['routing.allowFrom', /channels\.whatsapp\.allowFrom/]],
  },
  'routing.groupChat.requireMention goes to the channels that there are': {
    old: { routing: { groupChat: { requireMention: false } }, channels: { telegram: {}, whatsapp: {} } },
    becomes: {
      channels: {
        telegram: { groups: { '*': { requireMention: false } } },
        whatsapp: { groups: { '*': { requireMention: false } } },
      },
    },
    warnings: [['routing.groupChat.requireMention', /channels\.whatsapp\.groups\["\*"\]\.requireMention/]],
  },
  'routing.groupChat.historyLimit, mentionPatterns': {
    old: { routing: { groupChat: { historyLimit: 5, mentionPatterns: ['@bot'] } } },
    becomes: { messages: { groupChat: { historyLimit: 5, mentionPatterns: ['@bot'] } } },
    warnings: [
      ['routing.groupChat.historyLimit', /messages\.groupChat\.historyLimit/],
      ['routing.groupChat.mentionPatterns', /messages\.groupChat\.mentionPatterns/],
    ],
  },
  'top-level heartbeat': {
    old: { heartbeat: { every: '2h', target: 'last', showOk: true } },
    becomes: {
      agents: { defaults: { heartbeat: { every: '2h', target: 'last' } } },
      channels: { defaults: { heartbeatVisibility: { showOk: true } } },
    },
    warnings: [
      ['heartbeat.showOk', /channels\.defaults\.heartbeatVisibility\.showOk/],
      ['heartbeat', /agents\.defaults\.heartbeat/],
    ],
  },
  defaultModel: {
    old: { defaultModel: 'a/b' },
    becomes: { agents: { defaults: { model: 'a/b' } } },
    warnings: [['defaultModel', /agents\.defaults\.model/]],
  },
  'gateway.token': {
    old: { gateway: { token: 'x' } },
    becomes: { gateway: { auth: { token: 'x' } } },
    warnings: [['gateway.token', /gateway\.token.*gateway\.auth\.token/]],
  },
  'gateway.bind 0.0.0.0': {
    old: { gateway: { bind: '0.0.0.0' } },
    becomes: { gateway: { bind: 'lan' } },
    warnings: [['gateway.bind', /"0\.0\.0\.0".*"lan"/]],
  },
  'gateway.bind ::': {
    old: { gateway: { bind: '::' } },
    becomes: { gateway: { bind: 'lan' } },
    warnings: [['gateway.bind', /"lan"/]],
  },
  'gateway.bind 127.0.0.1': {
    old: { gateway: { bind: '127.0.0.1' } },
    becomes: { gateway: { bind: 'loopback' } },
    warnings: [['gateway.bind', /"loopback"/]],
  },
  'gateway.bind localhost': {
    old: { gateway: { bind: 'localhost' } },
    becomes: { gateway: { bind: 'loopback' } },
    warnings: [['gateway.bind', /"loopback"/]],
  },
  'gateway.bind ::1': {
    old: { gateway: { bind: '::1' } },
    becomes: { gateway: { bind: 'loopback' } },
    warnings: [['gateway.bind', /"loopback"/]],
  },
  'gateway.bind with another address': {
    old: { gateway: { bind: '192.168.1.5' } },
    becomes: { gateway: { bind: 'custom', customBindHost: '192.168.1.5' } },
    warnings: [['gateway.bind', /"custom"/]],
  },
  'gateway.nodes.allowCommands, denyCommands': {
    old: { gateway: { nodes: { allowCommands: ['a'], denyCommands: ['b'] } } },
    becomes: { gateway: { nodes: { commands: { allow: ['a'], deny: ['b'] } } } },
    warnings: [
      ['gateway.nodes.allowCommands', /gateway\.nodes\.commands\.allow/],
      ['gateway.nodes.denyCommands', /gateway\.nodes\.commands\.deny/],
    ],
  },
  'gateway.reload: all four modes and debounceMs stay': {
    old: { gateway: { reload: { mode: 'hot', debounceMs: 5, deferralTimeoutMs: 6 } } },
    becomes: { gateway: { reload: { mode: 'hot', debounceMs: 5, deferralTimeoutMs: 6 } } },
    warnings: [],
  },
  'gateway.tailscale.resetOnExit stays readable': {
    old: { gateway: { tailscale: { mode: 'serve', resetOnExit: true } } },
    becomes: { gateway: { tailscale: { mode: 'serve', resetOnExit: true } } },
    warnings: [],
  },
  bridge: {
    old: { bridge: { port: 1 } },
    becomes: {},
    warnings: [['bridge', /bridge has no effect any more.*Remove it/]],
  },
  canvasHost: {
    old: { canvasHost: { enabled: true, port: 18793 } },
    becomes: { plugins: { entries: { canvas: { config: { host: { enabled: true, port: 18793 } } } } } },
    warnings: [['canvasHost', /plugins\.entries\.canvas\.config\.host/]],
  },
  'web.enabled': {
    old: { web: { enabled: true } },
    becomes: { channels: { whatsapp: { enabled: true } } },
    warnings: [['web.enabled', /channels\.whatsapp\.enabled/]],
  },
  'flat env.KEY': {
    old: { env: { OPENROUTER_API_KEY: 'x', vars: { GROQ_API_KEY: 'y' } } },
    becomes: { env: { vars: { GROQ_API_KEY: 'y', OPENROUTER_API_KEY: 'x' } } },
    warnings: [['env.OPENROUTER_API_KEY', /env\.vars\.OPENROUTER_API_KEY/]],
  },
  'logging.redactSensitive, consoleStyle compact stay': {
    old: { logging: { redactSensitive: 'tools', consoleStyle: 'compact' } },
    becomes: { logging: { redactSensitive: 'tools', consoleStyle: 'compact' } },
    warnings: [],
  },
  'heartbeat.includeReasoning, ackMaxChars stay': {
    old: { agents: { defaults: { heartbeat: { includeReasoning: true, ackMaxChars: 1 } } } },
    becomes: { agents: { defaults: { heartbeat: { includeReasoning: true, ackMaxChars: 1 } } } },
    warnings: [],
  },
  'discovery.wideArea.enabled stays': {
    old: { discovery: { wideArea: { enabled: true, domain: 'openclaw.internal' } } },
    becomes: { discovery: { wideArea: { enabled: true, domain: 'openclaw.internal' } } },
    warnings: [],
  },
  'tools.exec.timeoutSec, of agents too': {
    old: { tools: { exec: { timeoutSec: 9 } }, agents: { entries: { a: { tools: { exec: { timeoutSec: 8 } } } } } },
    becomes: {
      tools: { exec: { timeoutSeconds: 9 } },
      agents: { entries: { a: { tools: { exec: { timeoutSeconds: 8 } } } } },
    },
    warnings: [
      ['tools.exec.timeoutSec', /tools\.exec\.timeoutSeconds/],
      ['agents.entries.a.tools.exec.timeoutSec', /agents\.entries\.a\.tools\.exec\.timeoutSeconds/],
    ],
  },
  'tools.exec.security full with ask off': {
    old: { tools: { exec: { security: 'full', ask: 'off' } } },
    becomes: { tools: { exec: { mode: 'full' } } },
    warnings: [['tools.exec.security', /tools\.exec\.mode/]],
  },
  'other pairs of tools.exec.security and ask stay': {
    old: { tools: { exec: { security: 'allowlist', ask: 'on-miss' } } },
    becomes: { tools: { exec: { security: 'allowlist', ask: 'on-miss' } } },
    warnings: [],
  },
  'channels.*.heartbeat, of accounts too': {
    old: {
      channels: { telegram: { heartbeat: { showOk: true }, accounts: { b: { heartbeat: { showAlerts: false } } } } },
    },
    becomes: {
      channels: {
        telegram: {
          accounts: { b: { heartbeatVisibility: { showAlerts: false } } },
          heartbeatVisibility: { showOk: true },
        },
      },
    },
    warnings: [
      ['channels.telegram.heartbeat', /channels\.telegram\.heartbeatVisibility/],
      ['channels.telegram.accounts.b.heartbeat', /channels\.telegram\.accounts\.b\.heartbeatVisibility/],
    ],
  },
  'channels.discord.dm.policy, allowFrom': {
    old: { channels: { discord: { dm: { policy: 'allowlist', allowFrom: ['1'] } } } },
    becomes: { channels: { discord: { dm: {}, dmPolicy: 'allowlist', allowFrom: ['1'] } } },
    warnings: [
      ['channels.discord.dm.policy', /channels\.discord\.dmPolicy/],
      ['channels.discord.dm.allowFrom', /channels\.discord\.allowFrom/],
    ],
  },
  'channels.qq': {
    old: { channels: { qq: { appId: '1', dmPolicy: 'pairing' } } },
    becomes: { channels: { qqbot: { appId: '1', dmPolicy: 'pairing' } } },
    warnings: [['channels.qq', /channels\.qqbot/]],
  },
  'session.idleMinutes': {
    old: { session: { idleMinutes: 30 } },
    becomes: { session: { reset: { idleMinutes: 30 } } },
    warnings: [['session.idleMinutes', /session\.reset\.idleMinutes/]],
  },
  'messages.tts': {
    old: { messages: { tts: { auto: 'off' } } },
    becomes: { messages: {}, tts: { auto: 'off' } },
    warnings: [['messages.tts', /write tts /]],
  },
  memorySearch: {
    old: { memorySearch: { enabled: true } },
    becomes: { memory: { search: { enabled: true } } },
    warnings: [['memorySearch', /memory\.search/]],
  },
  'sandbox.perSession true': {
    old: { agents: { defaults: { sandbox: { perSession: true } } } },
    becomes: { agents: { defaults: { sandbox: { scope: 'session' } } } },
    warnings: [
      ['agents.defaults.sandbox.perSession', /"session"/],
      ['agents.defaults.sandbox.perSession', /agents\.defaults\.sandbox\.scope/],
    ],
  },
  'sandbox.perSession false, under agent': {
    old: { agent: { sandbox: { perSession: false } } },
    becomes: { agents: { defaults: { sandbox: { scope: 'shared' } } } },
    warnings: [
      ['agent', /agents\.defaults/],
      ['agent.sandbox.perSession', /"shared"/],
      ['agent.sandbox.perSession', /agents\.defaults\.sandbox\.scope/],
    ],
  },
  'browser.ssrfPolicy.allowPrivateNetwork': {
    old: { browser: { ssrfPolicy: { allowPrivateNetwork: true } } },
    becomes: { browser: { ssrfPolicy: { dangerouslyAllowPrivateNetwork: true } } },
    warnings: [['browser.ssrfPolicy.allowPrivateNetwork', /dangerouslyAllowPrivateNetwork/]],
  },
  'models.providers.*.api openai, of models too': {
    old: { models: { providers: { a: { api: 'openai', models: [{ id: 'm', api: 'openai' }] } } } },
    becomes: {
      models: { providers: { a: { api: 'openai-completions', models: [{ id: 'm', api: 'openai-completions' }] } } },
    },
    warnings: [
      ['models.providers.a.api', /"openai-completions"/],
      ['models.providers.a.models[0].api', /"openai-completions"/],
    ],
  },
  'bindings[].match.peer.kind dm': {
    old: { bindings: [{ agentId: 'main', match: { channel: 'telegram', peer: { kind: 'dm', id: '1' } } }] },
    becomes: { bindings: [{ agentId: 'main', match: { channel: 'telegram', peer: { kind: 'direct', id: '1' } } }] },
    warnings: [['bindings[0].match.peer.kind', /"direct"/]],
  },
  'secrets provider allowSymlinkCommand, allowInsecurePath stay': {
    old: {
      secrets: {
        providers: { a: { source: 'exec', command: '/x', allowSymlinkCommand: true, allowInsecurePath: true } },
      },
    },
    becomes: {
      secrets: {
        providers: { a: { source: 'exec', command: '/x', allowSymlinkCommand: true, allowInsecurePath: true } },
      },
    },
    warnings: [],
  },
}

for (const [name, { old, becomes, warnings }] of Object.entries(rows)) {
  t.test(name, async (t) => {
    const loaded = valid(await load(t, JSON.stringify(old, null, 2)))
    t.strictSame(loaded.config, becomes)
    t.equal(loaded.warnings.length, warnings.length, JSON.stringify(loaded.warnings))
    for (const [index, [path, message]] of warnings.entries()) {
      t.match(loaded.warnings[index], { path, message, line: Number, column: Number })
    }
    const again = valid(await load(t, JSON.stringify(becomes)))
    t.strictSame(again.config, becomes, 'the new spelling means the same')
    t.same(again.warnings, [], 'and needs no warning')
  })
}

t.test('the new spelling wins, key by key, and the loser is named', async (t) => {
  const old = { agent: { workspace: '/old', maxConcurrent: 2 }, agents: { defaults: { workspace: '/new' } } }
  const loaded = valid(await load(t, JSON.stringify(old)))
  t.strictSame(loaded.config, { agents: { defaults: { workspace: '/new', maxConcurrent: 2 } } })
  t.match(loaded.warnings, [
    { path: 'agent' },
    { path: 'agent', message: /ignored because agents\.defaults is set as well/ },
  ])
})

t.test('an agent of the list that also has an entry', async (t) => {
  const old = { agents: { list: [{ id: 'a', name: 'old' }], entries: { a: { name: 'new' } } } }
  const loaded = valid(await load(t, JSON.stringify(old)))
  t.strictSame(loaded.config, { agents: { entries: { a: { name: 'new' } } } })
  t.match(loaded.warnings, [{ path: 'agents.list[0]', message: /ignored because agents\.entries\.a/ }, {}])
})

t.test('no config reaches a prototype', async (t) => {
  for (const text of [
    '{ "agents": { "list": [{ "id": "__proto__", "default": true }] }, "identity": { "name": "x" } }',
    '{ "identity": { "__proto__": { "polluted": 1 } } }',
    '{ "agent": { "__proto__": { "polluted": 1 } } }',
    '{ "env": { "__proto__": "x" } }',
    '{ "channels": { "__proto__": { "heartbeat": { "polluted": 1 } } } }',
  ]) {
    t.notOk((await load(t, text)).ok, text)
    const probe: unknown = {}
    t.ok(isTree(probe) && !('polluted' in probe) && !('identity' in probe))
  }
})

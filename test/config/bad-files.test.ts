import t from 'tap'
import { invalid, load } from './helper.js'

interface Row {
  readonly text: string
  readonly line: number
  readonly column: number
  readonly path: string
  /** What to do must be in the words. */
  readonly message: RegExp
  readonly suggestion?: string
}

/** Bad files as users write them. Each must give the line, the path and the fix. */
const rows: Readonly<Record<string, Row>> = {
  'misspelt key': {
    text: '{\n  gateway: {\n    prot: 18789,\n  },\n}',
    line: 3,
    column: 5,
    path: 'gateway.prot',
    message: /Unknown key "prot"\. Did you mean "port"\?/,
    suggestion: 'port',
  },
  'snake case': {
    text: '{ agents: { defaults: { max_concurrent: 2 } } }',
    line: 1,
    column: 25,
    path: 'agents.defaults.max_concurrent',
    message: /Did you mean "maxConcurrent"/,
    suggestion: 'maxConcurrent',
  },
  'unknown section': {
    text: '{\n  "gatway": {}\n}',
    line: 2,
    column: 3,
    path: 'gatway',
    message: /Unknown key "gatway"\. Did you mean "gateway"/,
    suggestion: 'gateway',
  },
  'key without a neighbour': {
    text: '{ gateway: { tls: { xyzzy: 1 } } }',
    line: 1,
    column: 21,
    path: 'gateway.tls.xyzzy',
    message: /Unknown key "xyzzy"\. Known here: enabled, .*Remove it/,
  },
  'number in quotes': {
    text: '{\n  gateway: {\n    port: "18789"\n  }\n}',
    line: 3,
    column: 11,
    path: 'gateway.port',
    message: /whole number from 1 to 65535, found the text "18789"\. Write 18789 without quotes/,
  },
  'port out of range': {
    text: '{ gateway: { port: 70000 } }',
    line: 1,
    column: 20,
    path: 'gateway.port',
    message: /from 1 to 65535, found number 70000/,
  },
  'fraction for a whole number': {
    text: '{ gateway: { port: 80.5 } }',
    line: 1,
    column: 20,
    path: 'gateway.port',
    message: /whole number/,
  },
  'port from a variable': {
    text: `{ gateway: { port: "\${GW_PORT}" } }`,
    line: 1,
    column: 20,
    path: 'gateway.port',
    message: /always gives text; write the value itself/,
  },
  'boolean in quotes': {
    text: '{ cron: { enabled: "true" } }',
    line: 1,
    column: 20,
    path: 'cron.enabled',
    message: /Expected true or false.*Write true without quotes/,
  },
  'yes for true': {
    text: '{ cron: { enabled: "yes" } }',
    line: 1,
    column: 20,
    path: 'cron.enabled',
    message: /Write true\./,
  },
  'bad enum': {
    text: '{ gateway: { bind: "lans" } }',
    line: 1,
    column: 20,
    path: 'gateway.bind',
    message: /one of "loopback", "lan".*Did you mean "lan"/,
    suggestion: 'lan',
  },
  'text for a list': {
    text: '{ tools: { deny: "browser" } }',
    line: 1,
    column: 18,
    path: 'tools.deny',
    message: /a list of texts.*\["browser"\]/,
  },
  'number for text': {
    text: '{ agents: { defaults: { workspace: 5 } } }',
    line: 1,
    column: 36,
    path: 'agents.defaults.workspace',
    message: /Expected text, found number 5\. Put it in quotes/,
  },
  'text for an object': {
    text: '{ gateway: "local" }',
    line: 1,
    column: 12,
    path: 'gateway',
    message: /Expected an object/,
  },
  'null section': {
    text: '{ gateway: null }',
    line: 1,
    column: 12,
    path: 'gateway',
    message: /Expected an object.*found null/,
  },
  'list at the root': { text: '[1]', line: 1, column: 1, path: '<root>', message: /A config is an object: put \{/ },
  'missing required key': {
    text: '{ models: { providers: { a: { models: [\n  { name: "x" } ] } } } }',
    line: 2,
    column: 3,
    path: 'models.providers.a.models[0]',
    message: /The key "id" is missing here\. Add it/,
  },
  'secret reference without a source': {
    text: '{ gateway: { auth: { token: { provider: "default", id: "X" } } } }',
    line: 1,
    column: 29,
    path: 'gateway.auth.token',
    message: /"source" is missing here\. Add it with one of "env", "file"/,
  },
  'secret reference with a wrong source': {
    text: '{ gateway: { auth: { token: { source: "envs", provider: "default", id: "X" } } } }',
    line: 1,
    column: 39,
    path: 'gateway.auth.token.source',
    message: /one of "env".*Did you mean "env"/,
    suggestion: 'env',
  },
  'secret reference with a wrong id': {
    text: '{ gateway: { auth: { token: { source: "env", provider: "default", id: "lower" } } } }',
    line: 1,
    column: 71,
    path: 'gateway.auth.token.id',
    message: /does not fit here/,
  },
  'reference where plain text is needed': {
    text: '{ hooks: { token: { source: "env", provider: "default", id: "X" } } }',
    line: 1,
    column: 19,
    path: 'hooks.token',
    message: /Expected text, found an object/,
  },
  'secret provider with a key of another source': {
    text: '{ secrets: { providers: { v: { source: "file", path: "/x", command: "/y" } } } }',
    line: 1,
    column: 60,
    path: 'secrets.providers.v.command',
    message: /Unknown key "command"/,
  },
  'unknown channel': {
    text: '{ channels: { telegramm: {} } }',
    line: 1,
    column: 15,
    path: 'channels.telegramm',
    message: /Did you mean "telegram"/,
    suggestion: 'telegram',
  },
  'bad agent id': {
    text: '{ agents: { entries: { "a b": {} } } }',
    line: 1,
    column: 24,
    path: 'agents.entries["a b"]',
    message: /cannot be used as a name here/,
  },
  'agent list without ids': {
    text: '{ agents: { list: [{ name: "x" }] } }',
    line: 1,
    column: 13,
    path: 'agents.list',
    message: /Unknown key "list"/,
  },
  'rounded id': {
    text: '{ channels: { discord: { allowFrom: [123456789012345678] } } }',
    line: 1,
    column: 38,
    path: 'channels.discord.allowFrom[0]',
    message: /too long for a number.*quotes/,
  },
  'bad time': {
    text: '{ agents: { defaults: { heartbeat: { activeHours: { start: "25:00" } } } } }',
    line: 1,
    column: 60,
    path: 'agents.defaults.heartbeat.activeHours.start',
    message: /"25:00".*HH:MM/,
  },
  'bad interval': {
    text: '{ agents: { defaults: { heartbeat: { every: "soon" } } } }',
    line: 1,
    column: 45,
    path: 'agents.defaults.heartbeat.every',
    message: /"soon".*30m/,
  },
  'bad fingerprint': {
    text: '{ gateway: { remote: { tlsFingerprint: "abc" } } }',
    line: 1,
    column: 40,
    path: 'gateway.remote.tlsFingerprint',
    message: /SHA-256/,
  },
  'hooks in place of another door': {
    text: '{ hooks: { path: "/v1/hooks" } }',
    line: 1,
    column: 18,
    path: 'hooks.path',
    message: /serves \/v1\/hooks/,
  },
  'hooks at the root': {
    text: '{ hooks: { path: "/" } }',
    line: 1,
    column: 18,
    path: 'hooks.path',
    message: /not "\/"/,
  },
  'tailnet bind with serve': {
    text: '{ gateway: { bind: "tailnet",\n tailscale: { mode: "serve" } } }',
    line: 1,
    column: 20,
    path: 'gateway.bind',
    message: /cannot be combined.*Set gateway\.bind to "loopback"/,
  },
  'serve without auth': {
    text: '{ gateway: { auth: { mode: "none" }, tailscale: { mode: "serve" } } }',
    line: 1,
    column: 28,
    path: 'gateway.auth.mode',
    message: /Use "token" or "password"/,
  },
  'funnel with a token': {
    text: '{ gateway: { auth: { mode: "token" }, tailscale: { mode: "funnel" } } }',
    line: 1,
    column: 28,
    path: 'gateway.auth.mode',
    message: /needs auth\.mode "password"/,
  },
  'sandbox on the host network': {
    text: '{ agents: { defaults: { sandbox: { docker: { network: "host" } } } } }',
    line: 1,
    column: 55,
    path: 'agents.defaults.sandbox.docker.network',
    message: /Use "none" or "bridge"/,
  },
  'relative bind mount': {
    text: '{ agents: { entries: { a: { sandbox: { docker: { binds: ["src:/src"] } } } } } }',
    line: 1,
    column: 58,
    path: 'agents.entries.a.sandbox.docker.binds[0]',
    message: /absolute path/,
  },
  'allow and alsoAllow': {
    text: '{ tools: { allow: ["read"], alsoAllow: ["exec"] } }',
    line: 1,
    column: 40,
    path: 'tools.alsoAllow',
    message: /exclude each other/,
  },
  'broken regular expression': {
    text: '{ messages: { groupChat: { mentionPatterns: ["@(bot"] } } }',
    line: 1,
    column: 46,
    path: 'messages.groupChat.mentionPatterns[0]',
    message: /not a regular expression.*Escape/,
  },
  'marker of a secret': {
    text: '{ models: { providers: { a: { apiKey: "secretref-env:KEY" } } } }',
    line: 1,
    column: 39,
    path: 'models.providers.a.apiKey',
    message: /marker, not a secret/,
  },
  'relative exec command': {
    text: '{ secrets: { providers: { v: { source: "exec", command: "op" } } } }',
    line: 1,
    column: 57,
    path: 'secrets.providers.v.command',
    message: /Absolute path/,
  },
  'old spelling, wrong value: the place in the file is named': {
    text: '{\n  agent: {\n    maxConcurrent: "two"\n  }\n}',
    line: 3,
    column: 20,
    path: 'agent.maxConcurrent',
    message: /whole number/,
  },
  'prototype key': {
    text: '{ "__proto__": { "a": 1 } }',
    line: 1,
    column: 3,
    path: '__proto__',
    message: /not allowed as a key/,
  },
  'missing comma': {
    text: '{\n  gateway: { port: 1 }\n  cron: {}\n}',
    line: 3,
    column: 3,
    path: '<root>',
    message: /Expected "," or "}"/,
  },
}

for (const [name, { text, ...expected }] of Object.entries(rows)) {
  t.test(name, async (t) => {
    const loaded = invalid(await load(t, text))
    t.match(loaded.issues[0], { ...expected, file: /openclaw\.json$/ })
    t.equal(loaded.issues.length, 1, 'one mistake, one message')
  })
}

t.test('every mistake is named at once, in order', async (t) => {
  const loaded = invalid(await load(t, '{\n gateway: { prot: 1, bind: 2 },\n cron: { enabled: 3 } }'))
  t.same(
    loaded.issues.map(({ path }) => path),
    ['gateway.prot', 'gateway.bind', 'cron.enabled'],
  )
})

t.test('secrets never stand in a message', async (t) => {
  const secret = 123456789
  const texts = [
    `{ gateway: { auth: { token: ${secret} } } }`,
    `{ models: { providers: { a: { apiKey: [${secret}] } } } }`,
    `{ hooks: { token: ${secret} } }`,
    `{ env: { vars: { KEY: ${secret} } } }`,
    `{ channels: { telegram: { botToken: ${secret} } } }`,
  ]
  for (const text of texts) t.notMatch(JSON.stringify(invalid(await load(t, text)).issues), String(secret), text)
})

import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import t, { type Test } from 'tap'
import { spawnBin } from '../cli/harness.js'
import { testFolder } from '../helper/folder.js'
import { standIn } from '../helper/program.js'
import { startUpstream } from '../helper/upstream.js'

/** Makes secrets that can be told apart and found anywhere, also inside other text. */
class Planter {
  readonly planted: { readonly where: string; readonly value: string }[] = []

  at(where: string): string {
    const value = `planted-${String(this.planted.length + 1).padStart(2, '0')}-f3a9c1d7e5b2`
    this.planted.push({ where, value })
    return value
  }

  /** Where secrets show up in a text. */
  leaksIn(text: string): string[] {
    return this.planted.flatMap(({ where, value }) => {
      const encoded = [value, Buffer.from(value).toString('base64').slice(0, 24), encodeURIComponent(value)]
      return encoded.some((form) => text.includes(form)) ? [where] : []
    })
  }
}

function stage(t: Test, plant: Planter, upstream: string) {
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const agent = join(state, 'agents', 'main', 'agent')
  mkdirSync(agent, { recursive: true, mode: 0o700 })
  const vault = join(home, 'vault.json')
  const inFile = (id: string) => ({ source: 'file', provider: 'f', id })
  const inVault = (id: string) => ({ source: 'exec', provider: 'v', id })
  writeFileSync(vault, JSON.stringify({ model: plant.at('file: model key'), profile: plant.at('file: account') }), {
    mode: 0o600,
  })
  const program = standIn(
    t,
    'vault',
    `const values = ${JSON.stringify({ header: plant.at('program: header'), chat: plant.at('program: channel') })}
     process.stderr.write('talkative ' + Object.values(values).join(' '))
     say({ protocolVersion: 1, values: Object.fromEntries(JSON.parse(call.input).ids.map((id) => [id, values[id]])) })`,
  )
  const text = (where: string) => plant.at(`config: ${where}`)
  const config = {
    gateway: {
      mode: 'local',
      auth: { mode: 'token', token: text('gateway.auth.token'), password: text('gateway.auth.password') },
      remote: {
        url: 'wss://elsewhere.example',
        token: text('gateway.remote.token'),
        password: text('gateway.remote.password'),
        edgeAuth: { 'x-edge': text('gateway.remote.edgeAuth') },
      },
      http: { endpoints: { chatCompletions: { enabled: true } } },
    },
    secrets: {
      providers: {
        f: { source: 'file', path: vault },
        v: { source: 'exec', command: program.path, env: { VAULT_TOKEN: text('secrets.providers.v.env') } },
      },
    },
    models: {
      providers: {
        up: {
          baseUrl: upstream,
          apiKey: inFile('/model'),
          headers: { 'x-team-token': inVault('header') },
          models: [{ id: 'one', name: 'One', headers: { authorization: text('models[].headers') } }],
        },
        other: {
          baseUrl: 'https://other.example/v1',
          apiKey: text('apiKey'),
          headers: { 'x-api-key': text('headers') },
          request: {
            headers: { 'x-secret': text('request.headers') },
            auth: {
              mode: 'header',
              headerName: 'x-a',
              value: text('request.auth.value'),
              token: text('request.auth.token'),
            },
            tls: {
              key: text('request.tls.key'),
              passphrase: text('request.tls.passphrase'),
              cert: text('request.tls.cert'),
            },
            proxy: { url: `http://me:${text('proxy url')}@proxy.example`, tls: { key: text('request.proxy.tls.key') } },
          },
        },
      },
    },
    agents: {
      defaults: {
        model: 'up/one',
        sandbox: { ssh: { identityData: text('sandbox.ssh') }, docker: { env: { TOKEN: text('sandbox.docker.env') } } },
      },
    },
    channels: {
      telegram: {
        enabled: false,
        botToken: text('telegram.botToken'),
        webhookSecret: text('telegram.webhookSecret'),
        accounts: { work: { botToken: text('telegram.accounts') } },
      },
      discord: { enabled: false, token: inVault('chat') },
      slack: {
        enabled: false,
        botToken: text('slack.bot'),
        appToken: text('slack.app'),
        signingSecret: text('slack.sign'),
      },
      feishu: { enabled: false, appSecret: text('feishu.app'), encryptKey: text('feishu.encrypt') },
      qqbot: { enabled: false, clientSecret: text('qqbot') },
      googlechat: { enabled: false, serviceAccount: { private_key: text('googlechat') } },
    },
    hooks: { token: text('hooks.token'), gmail: { pushToken: text('hooks.gmail') } },
    cron: { webhookToken: text('cron.webhookToken') },
    memory: { search: { remote: { apiKey: text('memory') } } },
    tools: { web: { search: { brave: { apiKey: text('brave') }, perplexity: { apiKey: text('perplexity') } } } },
    skills: { entries: { s: { apiKey: text('skills.apiKey'), env: { S_TOKEN: text('skills.env') } } } },
    plugins: { entries: { p: { env: { P_TOKEN: text('plugins.env') }, config: { apiKey: text('plugins.config') } } } },
    browser: { cdpUrl: `ws://me:${text('browser.cdpUrl')}@127.0.0.1:1/` },
    env: { vars: { MY_API_KEY: text('env.vars') } },
    logging: { level: 'trace', consoleLevel: 'trace' },
  }
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config, null, 2), { mode: 0o600 })
  writeFileSync(join(state, '.env'), `GROQ_API_KEY=${plant.at('.env: GROQ_API_KEY')}\n`, { mode: 0o600 })
  const profiles = {
    'groq:text': { type: 'api_key', provider: 'groq', key: plant.at('account: key') },
    'mistral:token': { type: 'token', provider: 'mistral', token: plant.at('account: token') },
    'x:oauth': {
      type: 'oauth',
      provider: 'x',
      access: plant.at('account: access'),
      refresh: plant.at('account: refresh'),
    },
    'deepseek:ref': { type: 'api_key', provider: 'deepseek', keyRef: inFile('/profile') },
  }
  writeFileSync(join(agent, 'auth-profiles.json'), JSON.stringify({ profiles }), { mode: 0o600 })
  const env = { OPENAI_API_KEY: plant.at('environment: OPENAI_API_KEY'), BRAVE_API_KEY: plant.at('environment: BRAVE') }
  return { home, state, env, program, token: config.gateway.auth.token }
}

/** Files that are where a secret belongs, or a copy of the config that is kept on purpose, readable by the owner alone. */
const kept =
  /^\.openclaw\/(?:openclaw\.json(?:\.bak.*|\.last-good)?|\.env|agents\/main\/agent\/auth-profiles\.json)$|^vault\.json$/

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
}

t.test('planted secrets show up nowhere', async (t) => {
  const plant = new Planter()
  const upstream = await startUpstream(t, ({ headers }) => ({
    status: 401,
    body: { error: { message: `Incorrect API key provided: ${headers.authorization} ${headers['x-team-token']}` } },
  }))
  const { home, state, env, program, token } = stage(t, plant, upstream.baseUrl)
  t.ok(plant.planted.length >= 40, `${plant.planted.length} secrets`)
  const artefacts = new Map<string, string>()
  const none = (name: string, text: string) => {
    artefacts.set(name, text)
    t.strictSame(plant.leaksIn(text), [], name)
  }

  const gateway = spawnBin(t, home, ['gateway', 'run', '--port', '0', '--verbose'], env)
  await gateway.says('listening on')
  const port = Number(/listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(gateway.output().stdout)?.[1])
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const post = async (path: string, body: object) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return `${response.status} ${await response.text()}`
  }

  none('argv of the gateway', readFileSync(`/proc/${gateway.pid}/cmdline`, 'utf8'))
  t.ok(program.calls.length > 0, 'the vault was asked')
  for (const { argv, input } of program.calls) none('argv and input of a child', `${argv.join(' ')} ${input}`)

  const turn = await post('/v1/chat/completions', { messages: [{ role: 'user', content: 'hi' }] })
  t.match(turn, /^502 .*upstream_auth_failed/, 'the upstream told the key back')
  none('the error of a turn', turn)
  t.ok(upstream.requests[0]?.headers['x-team-token'], 'a header of the vault was sent')
  const methods = [
    'config.get',
    'config.schema',
    'status',
    'health',
    'models.list',
    'secrets.status',
    'channels.status',
  ]
  for (const method of methods) none(method, await post(`/rpc/${method}`, {}))
  none('logs.tail', await post('/rpc/logs.tail', { limit: 1_000 }))
  const hash = JSON.parse((await post('/rpc/config.get', {})).slice(4)).result.hash
  none('a refused write', await post('/rpc/config.set', { raw: '{gateway: {port: "x"}}', baseHash: hash }))
  none(
    'a broken write',
    await post('/rpc/config.patch', { raw: `{channels: {telegram: {botToken: 7}}}`, baseHash: hash }),
  )
  none('secrets.reload', await post('/rpc/secrets.reload', {}))
  none('/metrics', await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text())

  const commands = [
    ['status', '--json'],
    ['health', '--json'],
    ['doctor', '--deep', '--json'],
    ['config', 'get', 'gateway', '--json'],
    ['config', 'get', 'channels', '--json'],
    ['config', 'get', 'models', '--json'],
    ['config', 'get', 'plugins', '--json'],
    ['config', 'get', 'env', '--json'],
    ['config', 'get', 'secrets', '--json'],
    ['config', 'validate', '--json'],
    ['models', 'status', '--json'],
    ['models', 'list', '--json'],
    ['secrets', 'audit', '--json', '--allow-exec'],
    ['secrets', 'status', '--json'],
    ['secrets', 'configure', '--json', '--set-refs', '{"cron.webhookToken": "file:f:/model"}'],
    ['security', 'audit', '--deep', '--json'],
    ['isolation', 'check', '--json'],
    ['profiles', 'list', '--json'],
    ['gateway', 'status', '--json'],
    ['gateway', 'install', '--dry-run', '--json'],
    ['logs', '--limit', '500', '--json'],
    ['gateway', 'call', 'no.such.method'],
    ['config', 'set', 'gateway.auth.token', '7', '--strict-json'],
  ]
  for (const argv of commands) {
    const { stdout, stderr } = await spawnBin(t, home, argv, env).done
    none(argv.join(' '), stdout + stderr)
  }

  gateway.kill('SIGTERM')
  const { stdout, stderr } = await gateway.done
  none('the console of the gateway', stdout + stderr)

  // What is not as it should be is named in errors, without what stands there.
  const path = join(state, 'openclaw.json')
  const config = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(
    path,
    JSON.stringify({
      ...config,
      gateway: { ...config.gateway, auth: { mode: 'token', token: { bad: plant.planted[0]?.value } } },
    }),
  )
  const refused = await spawnBin(t, home, ['gateway', 'run', '--port', '0'], env).done
  t.equal(refused.code, 78)
  none('a start with a broken config', refused.stdout + refused.stderr)
  writeFileSync(path, JSON.stringify(config).slice(0, -30))
  none('a start with half a config', textOf(await spawnBin(t, home, ['gateway', 'run'], env).done))
  const lost = {
    ...config,
    gateway: { ...config.gateway, auth: { mode: 'token', token: { source: 'file', provider: 'f', id: '/gone' } } },
  }
  writeFileSync(path, JSON.stringify(lost))
  const gone = await spawnBin(t, home, ['gateway', 'run', '--port', '0'], env).done
  t.match(gone, { code: 1, stderr: /gateway\.auth\.token/ })
  none('a start without its secret', textOf(gone))

  for (const file of filesIn(home)) {
    const name = relative(home, file)
    if (kept.test(name)) t.equal(statSync(file).mode & 0o077, 0, `${name} is its owner's alone`)
    else none(name, readFileSync(file, 'latin1'))
  }
  t.ok(
    [...artefacts.keys()].some((name) => name.endsWith('.log')),
    'the log was looked at',
  )
  t.ok(
    [...artefacts.keys()].some((name) => /\.(?:db|sqlite)/.test(name)),
    'the database was looked at',
  )
})

const textOf = ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr

import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { until } from '../helper/calls.js'
import { type Body, stageOf } from './_stage.js'
import { DiscordServer } from './discord/server.js'
import { FeishuServer, appId as feishuApp, secret as feishuSecret } from './feishu/server.js'
import { QqServer, appId as qqApp, secret as qqSecret } from './qqbot/server.js'
import { number, SignalServer } from './signal/server.js'
import { SlackServer } from './slack/server.js'
import { TelegramServer } from './telegram/server.js'

/** The way to a platform, which can be cut: nothing listens, or nothing answers. */
async function way(t: Test, root: string) {
  const sockets = new Set<Socket>()
  let silent = false
  const server = createServer((from) => {
    sockets.add(from)
    from.on('error', () => {})
    if (silent) return
    const to = connect(Number(new URL(root).port), '127.0.0.1')
    sockets.add(to)
    to.on('error', () => from.destroy())
    from.pipe(to).pipe(from)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const drop = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  const gone = () => {
    drop()
    server.close()
  }
  t.teardown(gone)
  const falls = () => {
    silent = true
    drop()
  }
  return { root: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, falls, gone }
}

/** What an account of each channel needs, by way of this address. */
const platforms: Readonly<Record<string, (t: Test) => Promise<{ root: string; keys: (root: string) => Body }>>> = {
  async telegram(t) {
    const { root, token } = await new TelegramServer().start(t)
    return { root, keys: (apiRoot) => ({ botToken: token, apiRoot }) }
  },
  async discord(t) {
    const { root, token } = await new DiscordServer().start(t)
    return { root, keys: (at) => ({ token, apiRoot: `${at}/api` }) }
  },
  async slack(t) {
    const { root, botToken, appToken } = await new SlackServer().start(t)
    return { root, keys: (at) => ({ botToken, appToken, apiRoot: `${at}/api` }) }
  },
  async signal(t) {
    const api = await new SignalServer().start()
    t.teardown(() => api.stop())
    return { root: api.root, keys: (httpUrl) => ({ account: number, httpUrl }) }
  },
  async feishu(t) {
    const { root } = await new FeishuServer().start(t)
    return { root, keys: (domain) => ({ appId: feishuApp, appSecret: feishuSecret, domain }) }
  },
  async qqbot(t) {
    const { root } = await new QqServer().start(t)
    return { root, keys: (at) => ({ appId: qqApp, clientSecret: qqSecret, apiRoot: at, tokenUrl: `${at}/token` }) }
  },
}

// Each has its own gateway and platform, and mostly waits.
t.jobs = 3
for (const [channel, platform] of Object.entries(platforms)) {
  t.test(`${channel}: who asks how it is gets an answer when it is up, silent or gone`, async (t) => {
    const { root, keys } = await platform(t)
    const line = await way(t, root)
    const { state, socket } = await stageOf(t, { channel, keys: keys(line.root) })
    await until(async () => (await state()).connected === true, 10_000)
    const ask = async (): Promise<Body> => {
      const since = performance.now()
      const { channelAccounts } = await socket.call('channels.status', { channel, probe: true })
      const [account] = channelAccounts[channel]
      return { ...account, ms: Math.round(performance.now() - since) }
    }
    const up = await ask()
    t.match(up, { running: true, connected: true, probe: { ok: true, identity: /./, ms: Number } })
    line.falls()
    const silent = await ask()
    t.not(silent.probe?.ok, true)
    line.gone()
    const gone = await ask()
    t.not(gone.probe?.ok, true)
    t.comment(`up ${up.ms} ms, silent ${silent.ms} ms, gone ${gone.ms} ms`)
  })
}

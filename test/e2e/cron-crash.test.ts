import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type Body, TelegramServer } from '../channels/telegram/server.js'
import { freePort } from '../cli/gateways.js'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { startGateway } from '../helper/process.js'
import { Random } from '../helper/random.js'
import { connected } from '../helper/socket.js'
import { startUpstream } from '../helper/upstream.js'

/** CI kills a few times; `npm run evidence` sets more. The seed makes a run repeatable. */
const kills = Number(process.env.CRON_KILLS ?? 5)
const seed = Number(process.env.CRON_SEED ?? Date.now() % 1_000_000)
/** The control plane takes no more of one client in a minute. */
const jobsPerRound = 3
/** A run that was cut off is made up for after half a minute, and may be cut off again. */
const patienceMs = 200_000

t.test(
  `${kills} times kill -9 while jobs fire and their answers go out (seed ${seed})`,
  { timeout: 3_600_000 },
  async (t) => {
    const random = new Random(seed)
    const api = await new TelegramServer().start(t)
    const upstream = await startUpstream(t, ({ body }) => {
      const name = /\[cron:\S+ (job-\d+-\d+)\]/.exec(JSON.stringify(body.messages))?.[1]
      return { text: `report of ${name}`, firstDelayMs: random.below(60) }
    })
    const home = testFolder(t)
    const state = join(home, '.openclaw')
    mkdirSync(state, { mode: 0o700 })
    const telegram = { botToken: api.token, apiRoot: api.root, allowFrom: ['42'], streaming: 'off' }
    const cron = { maxConcurrentRuns: 4 }
    const config = testConfig({ ...upstreamConfig(upstream.baseUrl), channels: { telegram }, cron })
    writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
    const port = await freePort()
    /** Jobs by their ids. */
    const names = new Map<string, string>()
    let gateway = await startGateway(home, port)
    t.teardown(() => gateway.kill())

    for (let round = 0; round < kills; round += 1) {
      const socket = await connected(t, gateway.url.replace('http', 'ws'))
      for (let number = 0; number < jobsPerRound; number += 1) {
        const name = `job-${round}-${number}`
        const { id } = await socket.call('cron.add', {
          name,
          schedule: { kind: 'at', at: new Date(Date.now() + 400 + random.below(500)).toISOString() },
          payload: { kind: 'agentTurn', message: 'report' },
          delivery: { mode: 'announce', channel: 'telegram', to: '42' },
        })
        names.set(id, name)
      }
      await new Promise((resolve) => setTimeout(resolve, random.below(1_100)))
      await gateway.kill()
      gateway = await startGateway(home, port)
    }

    const socket = await connected(t, gateway.url.replace('http', 'ws'))
    const left = async (): Promise<Body[]> => (await socket.call('cron.list', { includeDisabled: true })).jobs
    await until(async () => (await left()).length === 0, patienceMs)
    const sent = () => api.calls.flatMap(({ method, body }) => (method === 'sendMessage' ? [String(body.text)] : []))
    const letters = async (): Promise<Body[]> => (await socket.call('channels.deadLetters', { limit: 500 })).letters
    const fates = async () => {
      const [texts, aside] = [sent(), await letters()]
      return [...names].map(([id, name]) => ({
        name,
        times: texts.filter((text) => text === `report of ${name}`).length,
        aside: aside.some((letter) => String(letter.id).includes(id)),
      }))
    }
    // Telegram cannot be asked whether a message arrived: one that was on its way is put aside, for the operator to see.
    const lost = async () => (await fates()).filter(({ times, aside }) => times === 0 && !aside)
    await until(async () => (await lost()).length === 0).catch(() => {})
    const ended = await fates()
    const aside = ended.filter((one) => one.aside).length
    t.comment(`${names.size} jobs, ${upstream.requests.length} turns, ${aside} put aside`)
    const twice = ended.filter(({ times }) => times > 1)
    t.strictSame(twice, [], `none of ${names.size} jobs is delivered twice`)
    t.strictSame(await lost(), [], 'none is lost')
    t.equal(await gateway.stop(), 0)
  },
)

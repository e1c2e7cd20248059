import { copyFileSync, rmSync } from 'node:fs'
import { runIdOf } from '../../../src/channels/intake.js'
import { type Capabilities, type Inbound, placeKey } from '../../../src/channels/port.js'
import type { ConfigView } from '../../../src/config/view.js'
import type { Instance } from '../../../src/instance/types.js'
import { type Clock, systemClock } from '../../../src/kernel/clock.js'
import type { Logs } from '../../../src/logs/open.js'
import { openRuntime } from '../../../src/runtime.js'
import { openSqliteStore } from '../../../src/storage/sqlite.js'
import type { Store } from '../../../src/storage/types.js'
import { Random } from '../../helper/random.js'
import { Life } from './life.js'
import { Platform } from './platform.js'

/** Time goes a thousand times faster: waits between tries are part of a history. */
const speed = 1_000
/** A history that is not through after so long has hung. */
const limitMs = 15_000

export interface World {
  readonly instance: Instance
  readonly config: ConfigView
  readonly logs: Logs
  /** An empty database. */
  readonly fresh: string
  readonly channel: string
  readonly capabilities: Capabilities
  /** Answers are said in blocks. */
  readonly blocks: boolean
}

export interface History {
  readonly seed: number
  /** The point of each run after the other at which it crashes; the run after the last one does not. */
  readonly crashes: readonly number[]
}

export interface Outcome {
  /** Points that the first run has passed. */
  readonly steps: number
  /** Runs that were cut. */
  readonly crashed: number
  readonly problems: readonly string[]
  /** Messages of the platform that one answer came in, at the most. */
  readonly parts: number
}

function fastClock(): Clock {
  const start = systemClock.now()
  const since = performance.now()
  return {
    now: () => Math.round(start + (performance.now() - since) * speed),
    monotonic: () => (performance.now() - since) * speed,
    after(ms, run) {
      const timer = setTimeout(run, ms / speed)
      return () => clearTimeout(timer)
    },
  }
}

function messagesOf(random: Random): Inbound[] {
  const people = ['ada', 'bob', 'cyd'].slice(0, 1 + random.below(3))
  return Array.from({ length: 2 + random.below(4) }, (_, index): Inbound => {
    const id = random.pick(people)
    const place = random.chance(0.2) ? ({ kind: 'group', id: 'team' } as const) : ({ kind: 'direct', id } as const)
    return { id: `in${index}`, at: 1, place, sender: { id }, text: `word${index}`, mentioned: true }
  })
}

/** Plays one history over a real store and a real gateway without its doors, and holds what was seen against the rules. */
export async function play(world: World, { seed, crashes }: History): Promise<Outcome> {
  const { instance, fresh, capabilities } = world
  const random = new Random(seed)
  const path = `${instance.paths.state}/history.db`
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
  copyFileSync(fresh, path)
  const platform = new Platform(messagesOf(random), capabilities, random, 0.15)
  let steps: number | undefined
  let crashed = 0
  for (const crashAt of [...crashes, undefined]) {
    if (crashAt === undefined) platform.trouble = 0
    const life = new Life(crashAt)
    const hung = await live(world, path, platform, life)
    steps ??= life.steps
    if (hung) return { steps, crashed, problems: [`the gateway hung: ${hung}`], parts: 0 }
    if (!life.crashed) break
    crashed += 1
  }
  const store = await openSqliteStore(path)
  try {
    return { steps: steps ?? 0, crashed, problems: await judge(world, store, platform), parts: partsOf(platform) }
  } finally {
    await store.close()
  }
}

/** One run of the gateway: until it crashes, or has nothing left to do. Gives what it hangs on. */
async function live(world: World, path: string, platform: Platform, life: Life): Promise<string | undefined> {
  const { instance, config, logs } = world
  const store = await openSqliteStore(path)
  const clock = fastClock()
  const runtime = await openRuntime(instance, {
    ...{ config, logs, clock, store: life.of(noting(store, platform)) },
    loadChannel: async () => platform.channel(life),
  }).catch((error: unknown) => {
    if (life.crashed) return undefined
    throw error
  })
  const deadline = performance.now() + limitMs
  try {
    while (runtime && !life.crashed) {
      const missing = await unfinished(store, platform)
      if (missing === undefined || performance.now() > deadline) return missing
      await Promise.race([life.end, new Promise((resolve) => setTimeout(resolve, 2))])
    }
    return undefined
  } finally {
    life.stop()
    await runtime?.close().catch(() => {})
    await store.close()
  }
}

/** The store; the platform learns what the next run would know of: previews, and messages that are answered together. */
function noting(store: Store, { noted, joined }: Platform): Store {
  const preview: Store['channels']['preview'] = async (row, shown) => {
    await store.channels.preview(row, shown)
    noted.add(JSON.parse(shown).id)
  }
  const join: Store['channels']['join'] = async (rows, runId) => {
    await store.channels.join(rows, runId)
    for (const { messageId } of rows) joined.set(messageId, runId)
  }
  return { ...store, channels: { ...store.channels, preview, join } }
}

async function unfinished(store: Store, platform: Platform): Promise<string | undefined> {
  if (platform.waiting > 0) return `${platform.waiting} messages of people wait`
  const open = await store.channels.open()
  if (open.length > 0) return `unanswered: ${open.map(({ messageId }) => messageId).join(', ')}`
  const unsent = await store.channels.unsent()
  return unsent.length > 0 ? `unsent: ${unsent.map(({ key }) => key).join(', ')}` : undefined
}

/** What the echo model says at the end of each answer. */
const hint =
  'This is the embedded echo model: no key, no network. Add a real one with ' +
  '"openclaw config set agents.defaults.model openai/gpt-5" and OPENAI_API_KEY; see docs/models.md.'
const bare = (text: string) => text.replaceAll(/\s/g, '')

/** Messages of the answer that came in most of them. */
function partsOf({ shown }: Platform): number {
  const counts = new Map<string, number>()
  for (const { key } of shown) {
    const run = key.slice(0, key.indexOf(':'))
    counts.set(run, (counts.get(run) ?? 0) + 1)
  }
  return Math.max(0, ...counts.values())
}

/** Blocks of one answer: all of it, once and in order, behind what a turn that was cut has said. */
function problemOfBlocks(texts: readonly string[]): string | undefined {
  const said = bare(texts.join(''))
  const whole = said.slice(said.lastIndexOf('Yousaid:'))
  if (!/^Yousaid:/.test(whole) || !whole.endsWith(bare(hint))) return `its blocks are no answer: ${texts.join(' | ')}`
  const ends = said.split('docs/models.md.').length - 1
  return ends === 1 ? undefined : `its answer was said ${ends} times: ${texts.join(' | ')}`
}

/** How each answer of the echo model ends. */
const wholeAnswer = /docs\/models\.md\.$/

/** What must hold however the history went. */
async function judge({ channel, blocks }: World, store: Store, platform: Platform): Promise<string[]> {
  const { acknowledged, noted, unknown } = platform
  const problems = unknown.map((id) => `${id} was changed and is not on disk`)
  // A preview whose id nobody has heard may stay (docs/channels.md, "Answers that grow"); each other one is the answer.
  const shown = platform.shown.filter(
    ({ id, key, unheard }) => !(key.endsWith(':preview') && !noted.has(id) && unheard()),
  )
  const account = { channel, id: 'default', keys: {}, path: '' }
  const dead = await store.channels.dead(1_000)
  const places = new Map<string, string[]>()
  for (const message of acknowledged) {
    const run = platform.joined.get(message.id) ?? runIdOf(account, message)
    const answers = shown.filter(({ key }) => key.startsWith(`${run}:`) || key.startsWith(`${run}.`))
    const aside = dead.some((row) => ('key' in row ? row.key.startsWith(run) : row.messageId === message.id))
    const own = runIdOf(account, message)
    if (run !== own && shown.some(({ key }) => key.startsWith(own)))
      problems.push(`${message.id} was answered with others, and alone`)
    const joined = (await store.runs.get(run))?.joined !== undefined
    if (answers.length === 0 && !aside && !joined) problems.push(`${message.id} was acknowledged and has no answer`)
    if (blocks && answers.length > 0 && !aside) {
      const problem = problemOfBlocks(answers.map(({ text }) => text))
      if (problem !== undefined) problems.push(`${message.id}: ${problem}`)
    } else if (answers.length > 1 && !blocks)
      problems.push(`${message.id} was answered ${answers.length} times: ${answers.map(({ key }) => key)}`)
    for (const { id, text } of blocks ? [] : answers)
      if (!wholeAnswer.test(text)) problems.push(`${message.id}: ${id} stays half said: ${text}`)
    const place = placeKey(message.place)
    places.set(place, [...(places.get(place) ?? []), ...answers.slice(0, 1).map(({ id }) => id)])
    if (answers.some((answer) => answer.place !== place)) problems.push(`${message.id} was answered elsewhere`)
  }
  for (const [place, ids] of places) {
    const order = ids.map((id) => shown.findIndex((one) => one.id === id))
    if (order.some((at, index) => index > 0 && at < (order[index - 1] ?? 0)))
      problems.push(`${place}: answers out of order`)
  }
  return problems
}

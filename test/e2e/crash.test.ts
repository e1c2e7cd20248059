import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { testFolder } from '../helper/folder.js'
import { startGateway } from '../helper/process.js'
import { Random } from '../helper/random.js'
import { startUpstream } from '../helper/upstream.js'

/** CI runs a few rounds; `npm run evidence` sets more. The seed makes a run repeatable. */
const rounds = Number(process.env.CRASH_ROUNDS ?? 4)
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
const clients = 16
const token = 'crash-token-0123456789'

t.test(`kill -9 under load loses no turn whose answer was delivered (${rounds} rounds, seed ${seed})`, async (t) => {
  const home = testFolder(t)
  const upstream = await startUpstream(t, ({ body }) => {
    const messages = body.messages as { content: string }[]
    return { text: `answer to ${messages.at(-1)?.content}`, delayMs: 1 }
  })
  const state = join(home, '.openclaw')
  mkdirSync(state, { mode: 0o700 })
  const provider = { baseUrl: upstream.baseUrl, apiKey: 'k', models: [{ id: 'one', name: 'One' }] }
  writeFileSync(
    join(state, 'openclaw.json'),
    JSON.stringify({
      gateway: {
        mode: 'local',
        bind: 'loopback',
        auth: { token },
        http: { endpoints: { chatCompletions: { enabled: true } } },
      },
      models: { providers: { upstream: provider } },
      agents: { defaults: { model: 'upstream/one' } },
    }),
  )
  const port = 20_000 + (process.pid % 20_000)
  const random = new Random(seed)
  const delivered: { session: string; question: string; answer: string }[] = []

  for (let round = 0; round < rounds; round += 1) {
    const gateway = await startGateway(home, port)
    let running = true
    const client = async (number: number) => {
      for (let turn = 0; running; turn += 1) {
        const session = `client-${number}`
        const question = `question ${round}.${number}.${turn}`
        const stream = turn % 2 === 1
        const answer = await ask(gateway.url, session, question, stream).catch(() => undefined)
        if (answer !== undefined) delivered.push({ session, question, answer })
      }
    }
    const load = Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
    const enough = delivered.length + clients
    while (delivered.length < enough) await new Promise((resolve) => setTimeout(resolve, 5))
    await new Promise((resolve) => setTimeout(resolve, random.next() * 250))
    await gateway.kill()
    running = false
    await load
  }

  t.ok(delivered.length >= rounds * clients, `${delivered.length} turns were delivered`)
  const last = await startGateway(home, port)
  t.equal(await ask(last.url, 'client-0', 'are you well?', false), 'answer to are you well?', 'it starts again at once')
  t.equal(await last.stop(), 0)

  const store = await openSqliteStore(join(state, 'openclaw.db'))
  t.teardown(() => store.close())
  const kept = new Map<string, string[]>()
  for (let number = 0; number < clients; number += 1) {
    const entries = await store.transcripts.tail(`agent:main:openai-user:client-${number}`, 1_000_000)
    const texts = entries.map(({ body }) => (body.kind === 'message' ? JSON.stringify(body.message.content) : ''))
    kept.set(`client-${number}`, texts)
  }
  const lost = delivered.filter(({ session, question, answer }) => {
    const texts = kept.get(session) ?? []
    const at = texts.findIndex((text) => text.includes(`"${question}"`))
    return at < 0 || !texts.some((text) => text.includes(`"${answer}"`))
  })
  t.strictSame(lost, [], 'every delivered turn is in its transcript')
})

/** Gives the whole answer; throws when it did not arrive whole. */
async function ask(url: string, user: string, content: string, stream: boolean): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ user, stream, messages: [{ role: 'user', content }] }),
    signal: AbortSignal.timeout(20_000),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  if (!stream) return (JSON.parse(text) as { choices: [{ message: { content: string } }] }).choices[0].message.content
  if (!text.trimEnd().endsWith('data: [DONE]') || text.includes('"error"')) throw new Error('cut')
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map(
      (line) =>
        (JSON.parse(line.slice(6)) as { choices: [{ delta: { content?: string } }] }).choices[0].delta.content ?? '',
    )
    .join('')
}

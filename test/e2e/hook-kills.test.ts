import { createRequire } from 'node:module'
import t from 'tap'
import { until } from '../helper/calls.js'
import { Random } from '../helper/random.js'
import { crashStage } from './_crash-stage.js'

/** CI kills a few times; more by hand. The seed makes a run repeatable as far as two processes can be. */
const kills = Number(process.env.HOOK_KILLS ?? 6)
const seed = Number(process.env.HOOK_SEED ?? Date.now() % 1_000_000)
const hookToken = 'hook-token-0123456789abcdef'
/** Longest life of a gateway after its calls. */
const lifeMs = 900

interface Row {
  readonly id: string
  readonly status: string
}

t.test(`${kills} kills at random points (seed ${seed}): no call is lost, none is answered twice`, async (t) => {
  const random = new Random(seed)
  const script = async ({ body }: { readonly body: object }) => {
    await new Promise((resolve) => setTimeout(resolve, random.below(60)))
    return `answer ${[...JSON.stringify(body).matchAll(/call (\d+)/g)].at(-1)?.[1]}`
  }
  const hooks = { enabled: true, token: hookToken }
  const { api, home, start, ...first } = await crashStage(t, script, {
    telegram: { streaming: 'off' },
    more: { hooks },
  })
  let { gateway } = first
  const taken = new Map<string, number>()
  let made = 0
  for (let round = 0; round < kills; round += 1) {
    const calls = Promise.allSettled(Array.from({ length: 4 }, call))
    await new Promise((resolve) => setTimeout(resolve, random.below(lifeMs)))
    await gateway.kill()
    await calls
    gateway = await start()
  }
  const rows = () => read<Row>('SELECT id, status FROM hook_calls')
  await until(() => rows().every(({ status }) => status !== 'open'), 30_000)
  const letters = () => read<Row>('SELECT key AS id, status FROM channel_outbox')
  await until(() => letters().every(({ status }) => status === 'sent' || status === 'dead'), 30_000)

  const counts = new Map<string, number>()
  for (const text of api.sent) counts.set(text, (counts.get(text) ?? 0) + 1)
  t.strictSame(
    [...counts].filter(([, count]) => count > 1),
    [],
    'nothing was said twice',
  )
  const ends = new Map(rows().map(({ id, status }) => [id, status]))
  const sent = new Map(letters().map(({ id, status }) => [id, status]))
  for (const [id, number] of taken) {
    const end = ends.get(id)
    // Three starts that were killed are enough; the main session was told.
    if (end === 'error') continue
    t.equal(end, 'ok', `call ${number} is done`)
    if (sent.get(`${id}:0`) === 'sent') t.equal(counts.get(`answer ${number}`), 1, `call ${number} was answered`)
    else t.equal(sent.get(`${id}:0`), 'dead', `the answer of call ${number} may have arrived, and that is told`)
  }
  t.comment(JSON.stringify({ calls: made, taken: taken.size, answered: counts.size }))
  t.ok(counts.size > 0)

  async function call(): Promise<void> {
    made += 1
    const number = made
    const response = await fetch(`${gateway.url}/hooks/agent`, {
      method: 'POST',
      headers: { authorization: `Bearer ${hookToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: `call ${number}`, channel: 'telegram', to: String(100 + (number % 5)) }),
    })
    if (response.status === 200) taken.set(((await response.json()) as { runId: string }).runId, number)
  }

  function read<T>(sql: string): T[] {
    const Database = createRequire(import.meta.url)('libsql') as typeof import('libsql')
    const database = new Database(`${home}/.openclaw/openclaw.db`, { readonly: true })
    try {
      return database.prepare(sql).all() as T[]
    } finally {
      database.close()
    }
  }
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { longTalk, saidIn } from '../../helper/long-talk.js'
import type { Seen } from '../../helper/upstream.js'
import type { Body } from '../../helper/upstream-wire.js'

const isFlush = ({ body }: Seen) => JSON.stringify(body.messages).includes('about to be summed up')
const note = { path: 'memory/today.md', content: 'The user likes tea.' }
const writes = { toolCalls: [{ id: 'call_1', name: 'write', arguments: JSON.stringify(note) }] }

/** Writes a note when it is asked for one, and says so when it has. */
const answer = (seen: Seen) => {
  if (!isFlush(seen)) return 'answer'
  const told = (seen.body.messages as Body[]).at(-1)?.role === 'tool'
  return told ? 'NO_REPLY' : writes
}

t.test('before a summary the agent writes down what must last, and nobody sees it', async (t) => {
  const talk = await longTalk(t, { answer, window: 30_000, defaults: { compaction: { keepRecentTokens: 500 } } })
  for (let turn = 1; turn <= 40 && talk.summaries().length === 0; turn += 1)
    await talk.say(`turn-${turn} ${'word '.repeat(1_000)}`)
  t.equal(readFileSync(join(talk.workspace, 'memory', 'today.md'), 'utf8'), note.content)
  t.equal(talk.upstream.requests.filter(isFlush).length, 2, 'once before the summary')
  t.notOk(saidIn(talk.turns().at(-1)).some((said) => said.includes('about to be summed up')))
  await talk.say('and now?')
  t.notOk(saidIn(talk.turns().at(-1)).some((said) => said.includes('NO_REPLY') || said.includes('calls]')))
})

t.test('there are no notes where the config says so', async (t) => {
  const compaction = { keepRecentTokens: 500, memoryFlush: { enabled: false } }
  const talk = await longTalk(t, { answer, window: 30_000, defaults: { compaction } })
  for (let turn = 1; turn <= 40 && talk.summaries().length === 0; turn += 1)
    await talk.say(`turn-${turn} ${'word '.repeat(1_000)}`)
  t.equal(talk.upstream.requests.filter(isFlush).length, 0)
  t.notOk(existsSync(join(talk.workspace, 'memory')) && readdirSync(join(talk.workspace, 'memory')).length > 0)
})

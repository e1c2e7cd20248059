import t from 'tap'
import { shapeAnswer } from '../../../src/channels/deliver/shape.js'

const rules = { limit: 100, replyToMode: 'off', current: 'm1' } as const

const table: readonly [name: string, answer: string, more: object, pieces: unknown[]][] = [
  ['an answer', 'hello', {}, [{ text: 'hello' }]],
  ['silence', 'NO_REPLY', {}, []],
  ['silence in any case', ' no_reply\n', {}, []],
  ['a child that keeps quiet', 'ANNOUNCE_SKIP', {}, []],
  ['the word inside of an answer is text', 'say NO_REPLY', {}, [{ text: 'say NO_REPLY' }]],
  ['a heartbeat word in front', 'HEARTBEAT_OK all is well', {}, [{ text: 'all is well' }]],
  ['a heartbeat word at the end', 'all is well HEARTBEAT_OK', {}, [{ text: 'all is well' }]],
  ['nothing but a heartbeat', 'HEARTBEAT_OK', {}, []],
  ['a prefix', 'hello', { prefix: '[ada]' }, [{ text: '[ada] hello' }]],
  ['a prefix before a fence', '```\na\n```', { prefix: '[ada]' }, [{ text: '[ada]\n```\na\n```' }]],
  ['a quote of this message', '[[reply_to_current]] hi', {}, [{ text: 'hi', replyTo: 'm1' }]],
  ['a quote of another message', 'hi [[reply_to: m7]]', {}, [{ text: 'hi', replyTo: 'm7' }]],
  ['the first quotes', 'hi', { replyToMode: 'first' }, [{ text: 'hi', replyTo: 'm1' }]],
  ['a voice tag is no text', '[[audio_as_voice]]hi', {}, [{ text: 'hi' }]],
  ['only blanks', ' \n ', {}, []],
]

for (const [name, answer, more, pieces] of table) {
  t.test(name, async (t) => t.strictSame(shapeAnswer(answer, { ...rules, ...more }), pieces))
}

t.test('every message of a long answer quotes when it is asked for, else the first', async (t) => {
  const long = `${'a'.repeat(90)}\n\n${'b'.repeat(90)}`
  t.strictSame(
    shapeAnswer(long, { ...rules, replyToMode: 'first' }).map(({ replyTo }) => replyTo),
    ['m1', undefined],
  )
  t.strictSame(
    shapeAnswer(long, { ...rules, replyToMode: 'all' }).map(({ replyTo }) => replyTo),
    ['m1', 'm1'],
  )
  t.ok(shapeAnswer(long, { ...rules, limit: 50 }).every(({ text }) => text.length <= 50))
})

import t from 'tap'
import type { ProgramOutput } from '../../../src/models/program-types.js'
import { OutputReader, type Said } from '../../../src/providers/_cli/output.js'

const lines = (...records: object[]) => records.map((record) => JSON.stringify(record)).join('\n')

function read(form: ProgramOutput, output: string): Said {
  const reader = new OutputReader(form, ['session_id', 'chat'])
  // Byte by byte: no chunk is a character, a line or an object.
  for (const byte of Buffer.from(output)) reader.push(Buffer.from([byte]))
  return reader.end()
}

t.test('where programs put their answer', async (t) => {
  const cases: [ProgramOutput, string, Partial<Said>][] = [
    ['text', '\n  Grüße 你好 \n', { text: 'Grüße 你好' }],
    ['text', '  \n', { text: undefined }],
    ['json', '{"result":"r","session_id":"s-1"}', { text: 'r', sessionId: 's-1' }],
    ['json', '{"response":"gemini"}', { text: 'gemini' }],
    ['json', '{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}', { text: 'ab' }],
    ['json', 'Loading...\n{"chat":"c1","text":"after words"}', { text: 'after words', sessionId: 'c1' }],
    ['json', '[{"type":"system","text":"x"},{"type":"result","result":"list"}]', { text: 'list' }],
    ['json', 'not at all', { text: undefined, error: undefined }],
    ['json', '{"is_error":true,"result":"no credit"}', { text: undefined, error: 'no credit' }],
    ['json', '{"result":"r","error":null}', { text: 'r' }],
    ['json', '{"error":{"message":"nope"}}', { text: undefined, error: 'nope' }],
    ['jsonl', lines({ type: 'message', role: 'user', content: 'q' }), { text: undefined }],
    [
      'jsonl',
      lines({ role: 'assistant', content: 'two ', delta: true }, { role: 'assistant', content: 'pieces', delta: true }),
      { text: 'two pieces' },
    ],
    [
      'jsonl',
      `warning: noise\n${lines({ type: 'error', message: 'Reconnecting 1/5' }, { type: 'item.completed', item: { type: 'agent_message', text: 'ok' } })}`,
      { text: 'ok', error: undefined },
    ],
    [
      'jsonl',
      lines({ item: { type: 'agent_message', text: 'half' } }, { type: 'turn.failed', error: { message: 'broke' } }),
      { text: undefined, error: 'broke' },
    ],
    ['jsonl', lines({ item: { type: 'command_execution', text: 'ls' } }), { text: undefined }],
    ['jsonl', lines({ session_id: '--dangerous', result: 'x' }), { text: 'x', sessionId: undefined }],
    ['jsonl', lines({ session_id: 5, result: 'x' }), { text: 'x', sessionId: undefined }],
    ['jsonl', 'null\n[1]\n"text"\n7', { text: undefined }],
  ]
  for (const [form, output, expected] of cases) t.match(read(form, output), expected, `${form}: ${output}`)
})

t.test('figures, by whoever counts', async (t) => {
  const cases: [object, object | undefined][] = [
    [
      { input_tokens: 5, output_tokens: 2, cache_read_input_tokens: 10, cache_creation_input_tokens: 1 },
      { input: 16, output: 2, cacheRead: 10, cacheWrite: 1, reasoning: 0, estimated: false },
    ],
    [
      { input_tokens: 30, cached_input_tokens: 10, output_tokens: 4, reasoning_output_tokens: 3 },
      { input: 30, output: 4, cacheRead: 10, reasoning: 3, estimated: false },
    ],
    [
      { prompt_tokens: 1, completion_tokens: 2 },
      { input: 1, output: 2, cacheRead: 0, reasoning: 0, estimated: false },
    ],
    [{ input_tokens: 'many' }, undefined],
  ]
  for (const [usage, expected] of cases) t.same(read('json', JSON.stringify({ result: 'r', usage })).usage, expected)
})

t.test('too much in one piece', async (t) => {
  const reader = new OutputReader('text', [])
  const megabyte = Buffer.alloc(1 << 20, 'x')
  t.throws(() => {
    for (let at = 0; at < 9; at++) reader.push(megabyte)
  }, RangeError)
})

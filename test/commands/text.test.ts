import t from 'tap'
import { inlineCommands, isStopWord, mayCommand, readCommand, withoutParts } from '../../src/commands/_text.js'

t.test('a command stands at the beginning, with or without a colon', async (t) => {
  t.strictSame(readCommand('/status'), { name: 'status', args: '' })
  t.strictSame(readCommand('  /Model: upstream/two '), { name: 'model', args: 'upstream/two' })
  t.strictSame(readCommand('/new tell me\nmore'), { name: 'new', args: 'tell me\nmore' })
  for (const text of ['status', '/', '/usr/bin/env', '// a comment', 'say /status', '/9'])
    t.equal(readCommand(text), undefined, text)
})

t.test('what cannot be a command is known without loading any', async (t) => {
  for (const text of ['hi', 'and/or', 'https://example.org/status', '1 / 2', '']) t.notOk(mayCommand(text), text)
  for (const text of ['/status', 'now /think high', 'STOP!', ' wait ']) t.ok(mayCommand(text), text)
  t.notOk(isStopWord('stop it now'))
})

t.test('directives are found and taken out', async (t) => {
  const text = 'please /think high explain /usr/bin and /t: low'
  const found = inlineCommands(text)
  t.strictSame(
    found.map(({ name, args }) => [name, args]),
    [
      ['think', 'high'],
      ['t', 'low'],
    ],
  )
  t.equal(withoutParts(text, found), 'please explain /usr/bin and')
})

import t from 'tap'
import { en } from '../../src/cli/messages/en.js'
import { errors } from '../../src/cli/messages/zh-CN/errors.js'
import { zhCN } from '../../src/cli/messages/zh-CN.js'
import { loadMessages } from '../../src/cli/messages.js'
import { errorTable } from '../../src/kernel/errors.js'

const placeholders = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort()
const quoted = (text: string) => [...text.matchAll(/"(openclaw [^"]+)"/g)].map(([, command]) => command)

t.test('both languages have the same keys, placeholders and real texts', async (t) => {
  t.strictSame(Object.keys(zhCN).sort(), Object.keys(en).sort())
  for (const [key, text] of Object.entries(en)) {
    const other = zhCN[key as keyof typeof en]
    t.ok(text.trim().length > 0 && other.trim().length > 0, key)
    t.strictSame(placeholders(other), placeholders(text), key)
  }
})

t.test('Chinese texts are Chinese', async (t) => {
  for (const [key, text] of Object.entries(zhCN)) t.match(text, /[\u4e00-\u9fff]/, key)
})

t.test('translated errors are of the table and name the same commands', async (t) => {
  for (const [code, text] of Object.entries(errors)) {
    const row = errorTable[code as keyof typeof errorTable]
    t.ok(row, code)
    t.strictSame(quoted(text), quoted(row.message), code)
  }
})

t.test('texts are filled', async (t) => {
  const { t: say, find } = await loadMessages('en')
  t.equal(say('usage.integer', { min: 1, max: 9 }), 'Give a whole number from 1 to 9.')
  t.equal(find('usage.missing', { name: 'path' }), 'The argument <path> is missing.')
  t.equal(find('usage.missing', undefined), 'The argument <{name}> is missing.')
  t.equal(find('toString', {}), undefined)
})

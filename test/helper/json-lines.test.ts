import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { testFolder } from './folder.js'
import { jsonLines } from './json-lines.js'

t.test('a line that is being written is no record yet', async (t) => {
  const path = join(testFolder(t), 'calls.jsonl')
  t.strictSame(jsonLines(path), [], 'no file, no record')
  appendFileSync(path, '{"n":1}\n{"n":')
  t.strictSame(jsonLines(path), [{ n: 1 }])
  appendFileSync(path, '2}')
  t.strictSame(jsonLines(path), [{ n: 1 }], 'whole only with its line break')
  appendFileSync(path, '\n')
  t.strictSame(jsonLines(path), [{ n: 1 }, { n: 2 }])
})

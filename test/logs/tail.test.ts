import { appendFile, mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { assert, asyncProperty, integer, array as listOf, string } from 'fast-check'
import t, { type Test } from 'tap'
import { type LogPage, tailLog } from '../../src/logs/tail.js'
import { testFolder } from '../helper/folder.js'

const all = { limit: 5000, maxBytes: 1_000_000 }
const numbered = (from: number, to: number) => {
  const lines: string[] = []
  for (let n = from; n <= to; n += 1) lines.push(`line ${n}`)
  return lines
}
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')

async function logOf(t: Test, content: string): Promise<string> {
  const path = join(testFolder(t), 'x.log')
  await writeFile(path, content)
  return path
}

t.test('the end of a file', async (t) => {
  const path = await logOf(t, text(numbered(1, 10)))
  const cases: readonly [what: string, limit: number, maxBytes: number, expected: Partial<LogPage>][] = [
    ['all of it', 10, 1000, { lines: numbered(1, 10), cursor: 71, size: 71 }],
    ['the last lines', 2, 1000, { lines: numbered(9, 10), cursor: 71, truncated: true }],
    ['the last bytes, without the line that they cut', 10, 20, { lines: numbered(9, 10), cursor: 71, truncated: true }],
    ['less than a line', 10, 3, { lines: [], truncated: true }],
  ]
  for (const [what, limit, maxBytes, expected] of cases)
    t.match(await tailLog(path, { limit, maxBytes }), expected, what)
})

t.test('a follower gets every line once, in pages of any size', async (t) => {
  const path = await logOf(t, text(numbered(1, 3)))
  let { cursor, lines } = await tailLog(path, all)
  t.same(lines, numbered(1, 3))
  await appendFile(path, `${text(numbered(4, 9))}unfinished`)
  const seen: string[] = []
  for (let calls = 0; calls < 10; calls += 1) {
    const page = await tailLog(path, { cursor, limit: 2, maxBytes: 1000 })
    t.notOk(page.truncated || page.reset)
    seen.push(...page.lines)
    cursor = page.cursor
  }
  t.same(seen, numbered(4, 9), 'what is not finished is not shown')
  await appendFile(path, ' no more\n')
  t.match(await tailLog(path, { cursor, ...all }), { lines: ['unfinished no more'], size: cursor + 19 })
})

t.test('nothing is lost or doubled, whatever the lines and the page', async (t) => {
  const path = await logOf(t, '')
  const lineText = string({ unit: 'grapheme', maxLength: 30 }).map((one) => one.replaceAll(/[\r\n]/g, ' '))
  await assert(
    asyncProperty(
      listOf(lineText, { maxLength: 30 }),
      integer({ min: 1, max: 7 }),
      integer({ min: 200, max: 400 }),
      async (lines, limit, maxBytes) => {
        await writeFile(path, text(lines))
        const seen: string[] = []
        let cursor = 0
        for (let calls = 0; calls <= lines.length; calls += 1) {
          const page = await tailLog(path, { cursor, limit, maxBytes })
          seen.push(...page.lines)
          cursor = page.cursor
        }
        t.same(
          seen,
          lines.map((line) => Buffer.from(line).toString()),
        )
      },
    ),
    { numRuns: 100 },
  )
})

t.test('another file, a shorter file, no file', async (t) => {
  const path = await logOf(t, text(numbered(1, 5)))
  const { cursor } = await tailLog(path, all)
  await truncate(path, 0)
  t.match(await tailLog(path, { cursor, ...all }), { lines: [], cursor: 0, reset: true })
  await writeFile(path, text(numbered(1, 2)))
  t.match(await tailLog(path, { cursor, ...all }), { lines: numbered(1, 2), reset: true }, 'shorter')
  await writeFile(path, text(['x'.repeat(100), 'new']))
  t.match(await tailLog(path, { cursor, ...all }), { lines: [/^x+$/, 'new'], reset: true }, 'longer, and not the same')
  const folder = testFolder(t)
  t.same(await tailLog(join(folder, 'none'), all), { file: join(folder, 'none'), cursor: 0, size: 0, lines: [] })
  t.match(await tailLog(join(folder, 'none'), { cursor: 5, ...all }), { cursor: 0, reset: true })
})

t.test('what is no file has no end to show', async (t) => {
  const folder = testFolder(t)
  await mkdir(join(folder, 'sub'))
  await symlink('/dev/null', join(folder, 'device'))
  for (const name of ['sub', 'device']) t.match(await tailLog(join(folder, name), all), { size: 0, lines: [] }, name)
})

t.test('a line that is longer than a page does not stop a follower', async (t) => {
  const path = await logOf(t, text(['first']))
  const { cursor } = await tailLog(path, all)
  const page = { limit: 10, maxBytes: 50 }
  await appendFile(path, 'y'.repeat(200))
  t.match(await tailLog(path, { cursor, ...page }), { cursor, lines: [] }, 'it may still be shown whole')
  await appendFile(path, text(['', 'short']))
  const over = await tailLog(path, { cursor, ...page })
  t.match(over, { lines: ['short'], truncated: true, skippedBytes: 157 })
  t.match(await tailLog(path, { cursor: over.cursor, ...page }), { lines: [], cursor: over.cursor })
})

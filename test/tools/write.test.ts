import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import write from '../../src/tools/write.js'
import { textOf, toolStage } from '../helper/tool-context.js'

t.test('writes, makes folders, replaces', async (t) => {
  const { context, workspace } = toolStage(t)
  const first = await write.run(context, { path: 'a/b/c.txt', content: 'één\n' })
  t.equal(textOf(first), 'Wrote a/b/c.txt (6 bytes).')
  t.match(first.details, { path: 'a/b/c.txt', bytes: 6, created: true })
  const second = await write.run(context, { path: join(workspace, 'a/b/c.txt'), content: '' })
  t.match(second.details, { bytes: 0, created: false })
  t.equal(readFileSync(join(workspace, 'a/b/c.txt'), 'utf8'), '')
})

t.test('what is outside stays outside', async (t) => {
  const { context } = toolStage(t)
  for (const path of ['../x', '/tmp/x', 'a/../../x', '~/x/../../../x']) {
    await t.rejects(write.run(context, { path, content: 'x' }), { code: 'path_outside' }, path)
  }
})

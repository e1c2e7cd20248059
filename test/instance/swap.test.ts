import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { recoverSwaps, stagingIn, swapAll, type Unit } from '../../src/instance/swap.js'
import { testFolder } from '../helper/folder.js'

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)

/** Three files: one is replaced, one is new, one goes. */
async function threeUnits(t: Test): Promise<{ state: string; staging: string; units: Unit[] }> {
  const state = testFolder(t)
  const staging = await stagingIn(state, 'abc')
  mkdirSync(join(staging, 'new'))
  for (const name of ['a', 'c']) writeFileSync(join(state, name), `old ${name}`)
  for (const name of ['a', 'b']) writeFileSync(join(staging, 'new', name), `new ${name}`)
  const unit = (name: string, index: number): Unit => ({
    target: join(state, name),
    staged: name === 'c' ? undefined : join(staging, 'new', name),
    old: join(staging, 'old', String(index)),
  })
  return { state, staging, units: ['a', 'b', 'c'].map(unit) }
}

const contents = (state: string) => ['a', 'b', 'c'].map((name) => read(join(state, name)))
const before = ['old a', undefined, 'old c']

t.test('all are exchanged', async (t) => {
  const { state, staging, units } = await threeUnits(t)
  await swapAll(units, staging)
  t.strictSame(contents(state), ['new a', 'new b', undefined])
  t.strictSame(await recoverSwaps(state), [staging], 'nothing is taken back then')
  t.strictSame(contents(state), ['new a', 'new b', undefined])
})

t.test('a failure in the middle takes all of it back', async (t) => {
  const { state, staging, units } = await threeUnits(t)
  const [, second] = units
  await t.rejects(
    swapAll(
      [...units, { target: join(state, 'd'), staged: join(staging, 'new', 'none'), old: second?.old ?? '' }],
      staging,
    ),
    {
      code: 'backup_refused',
      message: /was taken back/,
    },
  )
  t.strictSame(contents(state), before)
})

t.test('a crash after any of the renames is taken back by the next restore', async (t) => {
  for (let steps = 0; steps <= 4; steps++) {
    const { state, staging, units } = await threeUnits(t)
    writeFileSync(join(staging, 'journal.json'), JSON.stringify(units))
    const renames = units.flatMap(({ target, staged, old }) => [
      ...(existsSync(target) ? [[target, old] as const] : []),
      ...(staged === undefined ? [] : [[staged, target] as const]),
    ])
    for (const [from, to] of renames.slice(0, steps)) renameSync(from, to)
    t.strictSame(await recoverSwaps(state), [staging], `after ${steps} renames`)
    t.strictSame(contents(state), before, `after ${steps} renames`)
    t.notOk(existsSync(staging))
  }
})

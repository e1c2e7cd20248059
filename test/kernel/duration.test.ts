import t from 'tap'
import { parseDuration } from '../../src/kernel/duration.js'

t.test('durations', async (t) => {
  const cases: readonly [value: string | number, ms: number | undefined][] = [
    ['30m', 1_800_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['2d', 172_800_000],
    ['0m', 0],
    ['0', 0],
    ['15', 900_000],
    [15, 900_000],
    ['', undefined],
    ['soon', undefined],
    ['5 m', undefined],
    ['m5', undefined],
    ['-5m', undefined],
  ]
  for (const [value, ms] of cases) t.equal(parseDuration(value, 60_000), ms, String(value))
})

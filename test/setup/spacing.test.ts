import t from 'tap'
import { checkSpacing, suggestPort } from '../../src/setup/spacing.js'

const main = { profile: 'default', port: 18_789 }
const dev = { profile: 'dev', port: 19_001 }

const table: [number, { profile: string; port: number }[], string | undefined, number?][] = [
  [18_789, [], undefined],
  [19_789, [main], undefined],
  [18_789, [main], 'refused', 0],
  [18_808, [main], 'refused', 19],
  [18_809, [main], 'overlap', 20],
  [18_899, [main], 'overlap', 110],
  [18_900, [main], undefined],
  [18_679, [main], 'overlap', 110],
  [18_678, [main], undefined],
  [18_770, [main], 'refused', 19],
  [18_990, [main, dev], 'refused', 11],
]

for (const [port, neighbours, verdict, distance] of table) {
  t.test(`${port} beside ${neighbours.map((one) => one.port).join(', ')}`, async (t) => {
    const problem = checkSpacing(port, neighbours)
    t.equal(problem?.verdict, verdict)
    t.equal(problem?.distance, distance)
    if (problem) t.equal(checkSpacing(problem.suggestion, neighbours), undefined, 'the suggestion is free')
  })
}

t.test('the nearest neighbour is named', async (t) => {
  t.equal(checkSpacing(18_990, [main, dev])?.neighbour.profile, 'dev')
})

t.test('a suggestion near the end of the port range goes down', async (t) => {
  const neighbour = { profile: 'x', port: 65_500 }
  const suggestion = suggestPort(65_500, [neighbour])
  t.ok(suggestion <= 65_380 && suggestion > 60_000)
})

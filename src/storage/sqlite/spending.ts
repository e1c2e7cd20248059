import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { SpendingStore, Spent } from '../spending-types.js'

/** Statements are prepared when the first is used: a gateway that has just started needs none of them. */
export function openSpending(database: Database, commits: GroupCommit): SpendingStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }
  return {
    add: (date, rows) =>
      commits.write(() => {
        sql().prune.run(date, keptDays)
        for (const { kind, name, calls, input, output, usd } of rows) {
          sql().add.run({ date, kind, name, calls, input, output, usd })
        }
      }),
    of: (date) => commits.read(() => sql().of.all(date) as Spent[]),
  }
}

/** Days that are kept. */
const keptDays = '-90 days'

function prepare(database: Database) {
  return {
    prune: database.prepare('DELETE FROM spending WHERE date < date(?, ?)'),
    add: database.prepare(`
      INSERT INTO spending (date, kind, name, calls, input, output, usd)
      VALUES (@date, @kind, @name, @calls, @input, @output, @usd)
      ON CONFLICT (date, kind, name) DO UPDATE SET calls = calls + excluded.calls, input = input + excluded.input,
        output = output + excluded.output, usd = usd + excluded.usd`),
    of: database.prepare('SELECT kind, name, calls, input, output, usd FROM spending WHERE date = ?'),
  }
}

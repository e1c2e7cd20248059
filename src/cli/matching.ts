/** Fewer characters of an id would be a guess. */
const shortestPrefix = 4

/** The rows that a user may mean by a text: the one with that id, else those whose id begins so or that have that name. */
export function matching<T>(
  rows: readonly T[],
  text: string,
  idOf: (row: T) => string,
  namesOf: (row: T) => readonly (string | undefined)[],
): T[] {
  const exact = rows.filter((row) => idOf(row) === text)
  if (exact.length > 0) return exact
  const prefix = text.toLowerCase()
  return rows.filter(
    (row) => (prefix.length >= shortestPrefix && idOf(row).startsWith(prefix)) || namesOf(row).includes(text),
  )
}

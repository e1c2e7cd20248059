/** Steps that undo what was opened, in the order in which it was opened. */
export type Undo = (() => unknown)[]

/** Runs the steps, the newest first; each of them, also when one fails. Throws what failed first. */
export async function unwind(undo: Undo): Promise<void> {
  const failures: unknown[] = []
  for (const step of undo.splice(0).reverse()) {
    try {
      await step()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

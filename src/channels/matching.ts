import type { Listed } from './port.js'

/** What a name was looked up as. */
export interface Match<E extends Listed> {
  /** Undefined: nothing, or more than one, has that name. */
  readonly entry: E | undefined
  /** More than one: which. */
  readonly candidates: readonly E[]
}

/**
 * Who or what is meant by a name as people write it: an id, `@ada`, `#general`, `Server/#general`, a name. Case does not
 * matter. The whole name counts more than the part behind its server.
 */
export function matched<E extends Listed>(entries: readonly E[], text: string): Match<E> {
  const wanted = plain(text)
  const tests = [
    ({ id }: Listed) => plain(id) === wanted,
    ({ name, username }: Listed) => [name, username].some((one) => one !== undefined && plain(one) === wanted),
    ({ name }: Listed) => name !== undefined && plain(name.slice(name.lastIndexOf('/') + 1)) === wanted,
  ]
  for (const test of tests) {
    const found = entries.filter(test)
    if (found.length > 0) return { entry: found.length === 1 ? found[0] : undefined, candidates: found }
  }
  return { entry: undefined, candidates: [] }
}

/** Without the mark in front, and without the word that says what it is. */
const plain = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/^(?:user|group|channel|room|chat|dm|direct):/, '')
    .replace(/^[@#]/, '')
    .replace('/#', '/')

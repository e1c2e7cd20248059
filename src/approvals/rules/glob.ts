/** A pattern over paths: `*` and `?` stay inside one folder, `**` does not. Case counts, as in file names. */
export function pathGlob(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/?|[*?]|[.+^${}()|[\]\\]/g, (piece) => {
    if (piece.startsWith('**')) return piece.endsWith('/') ? '(?:.*/)?' : '.*'
    if (piece === '*') return '[^/]*'
    return piece === '?' ? '[^/]' : `\\${piece}`
  })
  return new RegExp(`^${source}$`)
}

export function isGlob(pattern: string): boolean {
  return /[*?]/.test(pattern)
}

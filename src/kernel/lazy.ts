/** Something that is opened at the first call, once. */
export interface Lazy<T> {
  (): Promise<T>
  /** What was asked for, if it was: undefined while nobody has called, or when the last opening failed. */
  readonly begun: Promise<T> | undefined
}

/** Opens at the first call; a failure is forgotten, so that the next call tries again. */
export function lazy<T>(open: () => Promise<T>): Lazy<T> {
  let begun: Promise<T> | undefined
  const get = () => {
    begun ??= open().catch((error: unknown) => {
      begun = undefined
      throw error
    })
    return begun
  }
  return Object.defineProperty(get, 'begun', { get: () => begun }) as Lazy<T>
}

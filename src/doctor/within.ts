import { toGatewayError } from '../kernel/errors.js'

/** What a check finds, or `broken` when it fails or takes longer: one check must not be the end of the others. */
export async function within<T>(
  ms: number,
  run: () => Promise<readonly T[]>,
  broken: (message: string) => readonly T[],
): Promise<readonly T[]> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<readonly T[]>((resolve) => {
    timer = setTimeout(() => resolve(broken(`This check took longer than ${ms / 1000} s.`)), ms)
  })
  try {
    return await Promise.race([run(), late])
  } catch (thrown) {
    return broken(`This check could not be made: ${toGatewayError(thrown).message}`)
  } finally {
    clearTimeout(timer)
  }
}

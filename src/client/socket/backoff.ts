const firstMs = 1_000
const lastMs = 30_000
/** Clients that lost the same gateway must not all come back in the same moment. */
const jitter = 0.25

/** The wait before attempt `n` (from 0), in milliseconds: 1 s, doubled up to 30 s, a quarter more or less. */
export function backoffMs(n: number, random: () => number): number {
  const ms = Math.min(firstMs * 2 ** n, lastMs)
  return Math.round(Math.min(ms * (1 - jitter + 2 * jitter * random()), lastMs))
}

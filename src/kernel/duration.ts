const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g

/** `1h30m` in milliseconds; a bare number counts in `bareUnitMs`. Undefined when it is no duration. */
export function parseDuration(value: string | number, bareUnitMs: number): number | undefined {
  if (typeof value === 'number' || /^\d+(?:\.\d+)?$/.test(value)) return Number(value) * bareUnitMs
  if (value === '' || value.replace(part, '') !== '') return undefined
  return [...value.matchAll(part)].reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as 'ms'], 0)
}

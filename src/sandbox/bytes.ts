const units: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** Bytes of `512m`, `1g`, `1.5G`, a number; undefined when it is none of these. */
export function bytesOf(amount: string | number): number | undefined {
  const [, digits, unit = 'b'] = /^(\d+(?:\.\d+)?)\s*([bkmgt])?(?:i?b)?$/i.exec(String(amount).trim()) ?? []
  return digits === undefined ? undefined : Math.floor(Number(digits) * (units[unit.toLowerCase()] ?? 1))
}

import { readFileSync } from 'node:fs'

/** Version from package.json, which is two folders up in the sources and three in the build. */
export function readVersion(): string {
  for (const up of ['../../', '../../../']) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL(`${up}package.json`, import.meta.url), 'utf8'))
      if (isPackage(parsed)) return parsed.version
    } catch {
      // Not this one.
    }
  }
  return '0.0.0'
}

function isPackage(value: unknown): value is { version: string } {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string'
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../kernel/code-root.js'

/** Version from package.json. */
export function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  return isPackage(parsed) ? parsed.version : '0.0.0'
}

function isPackage(value: unknown): value is { version: string } {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string'
}

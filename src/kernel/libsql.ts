import { createRequire } from 'node:module'
import type Libsql from 'libsql'

const require = createRequire(import.meta.url)

/**
 * Loads SQLite when it is first needed. While it loads, Node's diagnostic report is out of sight: libsql makes one only
 * to learn which C library this is, which costs half of its loading time, and reads that from a file without it.
 */
export function loadLibsql(): typeof Libsql {
  const report = Object.getOwnPropertyDescriptor(process, 'report')
  if (!report?.configurable) return require('libsql')
  Object.defineProperty(process, 'report', { value: undefined, configurable: true })
  try {
    return require('libsql')
  } finally {
    Object.defineProperty(process, 'report', report)
  }
}

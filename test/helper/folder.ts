import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

/**
 * A temporary folder that is removed after everything else of the test has been torn down. tap's own `testdir` goes
 * first, while a gateway that is still to be closed may be writing into it.
 */
export function testFolder(t: Pick<Test, 'teardown'>, parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'openclaw-test-'))
  mkdirSync(join(folder, 'tmp'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

/** The same where a sync costs nothing, for tests that write ten thousand times and lose no power. */
export function memoryFolder(t: Pick<Test, 'teardown'>): string {
  return testFolder(t, existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
}

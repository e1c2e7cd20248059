import { createRequire } from 'node:module'
import type { Test } from 'tap'

interface OnSpawn {
  addListener(listener: (child: { env: Record<string, string> }) => unknown): void
  removeListener(listener: (child: { env: Record<string, string> }) => unknown): void
}

/** The test runner loads code of its own into every Node that is started; one behind walls cannot read it. */
export function plainChildren(t: Test): void {
  const onSpawn = createRequire(import.meta.url)('process-on-spawn') as OnSpawn
  const plain = (child: { env: Record<string, string> }) => {
    const { NODE_OPTIONS: _, ...env } = child.env
    const own = Object.entries(env).filter(([name]) => !name.startsWith('_TAPJS_'))
    child.env = Object.fromEntries(own)
    return child
  }
  onSpawn.addListener(plain)
  t.teardown(() => onSpawn.removeListener(plain))
}

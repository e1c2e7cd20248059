import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces, tmpdir, userInfo } from 'node:os'
import { inContainer } from './container.js'
import { readEnv } from './env.js'
import type { Env, Host } from './types.js'

/** Asks the host once for what `resolveInstance` needs to know of it. */
export function readHost(env: Env = readEnv()): Host {
  return {
    platform: process.platform,
    osHome: homeOfUser(),
    tmpDir: tmpdir(),
    uid: process.getuid?.(),
    inContainer: inContainer({ env, exists: existsSync, read: readOrEmpty }),
  }
}

/** IP addresses of this machine, for the bind plan; none when the system does not tell, as in some sandboxes. */
export function readAddresses(): string[] {
  try {
    return Object.values(networkInterfaces()).flatMap((list) => list?.map((entry) => entry.address) ?? [])
  } catch {
    return []
  }
}

/** A container may run under a uid that has no passwd entry; then there is no home to give. */
function homeOfUser(): string | undefined {
  try {
    return userInfo().homedir
  } catch {
    return undefined
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

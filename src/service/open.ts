import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { readHost } from '../instance/host.js'
import type { Env, Host, Instance } from '../instance/types.js'
import { codeRoot } from '../kernel/code-root.js'
import { type FoundManager, findManager } from './find.js'
import { findLauncher, type Launcher } from './launcher.js'
import { ownerOf } from './owner.js'
import { systemRun } from './run.js'

/** The service of a profile, whether it is installed or not. */
export interface OpenService extends FoundManager {
  readonly instance: Instance
  readonly host: Host
  readonly launcher: Launcher
  readonly owner: string
}

/** Finds the service manager and what a service of this instance would run. Changes nothing; never rejects. */
export async function openService(instance: Instance, env: Env): Promise<OpenService> {
  const host = readHost(env)
  const found = await findManager(instance, host, systemRun(env))
  const launcher = findLauncher({
    execPath: process.execPath,
    entry: join(codeRoot, 'src', 'bin.js'),
    searchPath: env.PATH,
    home: host.osHome ?? instance.paths.home,
    realPath,
  })
  return { ...found, instance, host, launcher, owner: ownerOf(instance.profile, instance.paths.config) }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}

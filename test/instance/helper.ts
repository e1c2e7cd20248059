import { planPorts } from '../../src/instance/ports.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import type { RootFlags } from '../../src/instance/root-flags.js'
import type { Env, Host, Instance } from '../../src/instance/types.js'

/** A host that has nothing: the folders do not exist, so no file of the real machine is read. */
export const bareHost: Host = {
  platform: 'linux',
  osHome: '/nowhere/os-home',
  tmpDir: '/nowhere/tmp',
  uid: process.getuid?.(),
  inContainer: false,
}

/** Resolves under HOME=/nowhere/h from the folder /nowhere/w unless the case says otherwise. */
export function resolveBare(flags: RootFlags, env: Env, host: Partial<Host> = {}): Promise<Instance> {
  return resolveInstance({
    flags,
    env: { HOME: '/nowhere/h', ...env },
    cwd: '/nowhere/w',
    host: { ...bareHost, ...host },
  })
}

/** The parts of an instance that a table row compares. */
export function summary(instance: Instance) {
  const plan = planPorts(instance)
  return {
    profile: instance.profile,
    home: instance.paths.home,
    state: instance.paths.state,
    config: instance.paths.config,
    workspace: instance.paths.workspace,
    port: plan.base,
    source: plan.source,
    notices: instance.notices.length,
  }
}

import { GatewayError } from '../kernel/errors.js'
import { BubblewrapBackend } from './bubblewrap/backend.js'
import { DockerBackend } from './docker/backend.js'
import type { BackendChoice } from './settings.js'
import type { BackendName, SandboxBackend } from './types.js'

/** The ways in which this machine can make sandboxes. */
export class Backends {
  readonly #all: Readonly<Record<BackendName, SandboxBackend>>

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.#all = {
      docker: new DockerBackend('docker', env),
      podman: new DockerBackend('podman', env),
      bubblewrap: new BubblewrapBackend(env.PATH),
    }
  }

  get(name: BackendName): SandboxBackend {
    return this.#all[name]
  }

  /**
   * The backend of the config; `auto` is docker when its daemon answers, else bubblewrap. Throws `sandbox_unavailable`:
   * there is no way on to the host from here.
   */
  async choose(choice: BackendChoice): Promise<SandboxBackend> {
    if (choice === 'ssh' || choice === 'openshell') {
      throw new GatewayError('sandbox_unavailable', {
        message: `The sandbox backend "${choice}" is not part of this gateway. Set sandbox.backend to auto, docker, podman or bubblewrap.`,
      })
    }
    const names: readonly BackendName[] = choice === 'auto' ? ['docker', 'bubblewrap'] : [choice]
    const problems: string[] = []
    for (const name of names) {
      const problem = await this.#all[name].problem()
      if (problem === undefined) return this.#all[name]
      problems.push(problem)
    }
    throw new GatewayError('sandbox_unavailable', {
      message: `No sandbox can be made here, so the command was not run. ${problems.join(' ')}`,
    })
  }
}

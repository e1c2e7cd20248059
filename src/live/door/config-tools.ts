import { parsePath } from '../../config/path.js'
import { configSource } from '../../config/source.js'
import { getAt } from '../../config/tree.js'
import type { ConfigChanged, ConfigChangeRequest, ConfigText, GatewayConfig } from '../../tools/_gateway/config.js'
import { refuseClosed } from './open-config.js'
import type { DoorFacts, DoorWorld } from './types.js'

/** The config of a gateway, as its agents may read and change it. */
export class ConfigTools implements GatewayConfig {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
  }

  async read(path: string | undefined): Promise<ConfigText> {
    const { configSnapshot } = await import('../../config/snapshot.js')
    const { authored = {}, hash } = await configSnapshot(configSource(this.#world.instance))
    const steps = path === undefined ? [] : parsePath(path)
    const value = steps && getAt(authored, steps)
    const text = value === undefined ? `${path} is not set.` : JSON.stringify(value, null, 1)
    return { text, ...(hash !== undefined && { hash }) }
  }

  async schema(path: string | undefined): Promise<object> {
    const { lookupSchema } = await import('../../config/schema-lookup.js')
    return lookupSchema(path ?? '.')
  }

  async change({ raw, baseHash, merge, replacePaths, note }: ConfigChangeRequest): Promise<ConfigChanged> {
    const { instance, view, config, log } = this.#world
    const { submitConfig, submitPatch } = await import('../../config/submit.js')
    const source = configSource(instance)
    // What a file holds that is named here could be written later, by whoever can write that file.
    const submission = { raw, baseHash, version: instance.version, noIncludes: true }
    const submit = (dryRun: boolean) =>
      merge
        ? submitPatch(source, { ...submission, dryRun }, replacePaths)
        : submitConfig(source, { ...submission, dryRun })
    const { paths, tree = {} } = await submit(true)
    refuseClosed({ paths, agents: Object.keys(config().agents?.entries ?? {}), after: tree })
    const edit = await submit(false)
    const { agent, sessionKey, runId } = this.#facts
    if (edit.changed)
      log.info({ paths: edit.paths, note, agent, sessionKey, runId }, 'the config was changed by an agent')
    const { pendingRestart } = await view.reload()
    return {
      paths: edit.paths.filter((path) => !path.startsWith('meta.')),
      hash: edit.hash,
      pendingRestart: pendingRestart.length > 0,
      warnings: edit.warnings.map((warning) => (typeof warning === 'string' ? warning : warning.message)),
    }
  }
}

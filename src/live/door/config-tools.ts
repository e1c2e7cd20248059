import { parsePath } from '../../config/path.js'
import { configSource } from '../../config/source.js'
import { getAt } from '../../config/tree.js'
import { GatewayError } from '../../kernel/errors.js'
import type { ConfigChanged, ConfigChangeRequest, ConfigText, GatewayConfig } from '../../tools/_gateway/config.js'
import type { DoorFacts, DoorWorld } from './types.js'

/**
 * What no agent changes, whoever asks: who may come in, which walls stand between agents and the machine, and which
 * rules say so. An instruction that found its way into a text must not open them.
 */
const walls: readonly RegExp[] = [
  /^gateway\.(?:auth|tools|bind|customBindHost|tailscale|controlUi|trustedProxies|remote)\b/,
  /^(?:secrets|auth|approvals|commands|hooks|env|plugins|nodeHost)\b/,
  /^channels\..*\b(?:tools|dmPolicy|groupPolicy)\b/,
  /^tools\.(?:allow|deny|alsoAllow|profile|byProvider|toolsBySender|elevated|exec|fs|sandbox|subagents|sessions|agentToAgent)\b/,
  /^tools\.web\.fetch\.ssrfPolicy\b/,
  /^agents\.(?:defaults|entries\.[^.]+|entries\["[^"]+"\])\.(?:sandbox|tools|workspace|cliBackends|elevatedDefault)\b/,
  /(?:dangerously|allowFrom|toolsBySender)/i,
  // A whole section that holds some of these.
  /^(?:gateway|tools|tools\.web|tools\.web\.fetch|agents|agents\.defaults|agents\.entries|agents\.entries[.[][^.]+)$/,
]

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
    const { instance, view, log } = this.#world
    const { submitConfig, submitPatch } = await import('../../config/submit.js')
    const source = configSource(instance)
    const submission = { raw, baseHash, version: instance.version }
    const submit = (dryRun: boolean) =>
      merge
        ? submitPatch(source, { ...submission, dryRun }, replacePaths)
        : submitConfig(source, { ...submission, dryRun })
    const kept = (await submit(true)).paths.find((path) => walls.some((wall) => wall.test(path)))
    if (kept !== undefined) {
      throw new GatewayError('tool_error', {
        message: `Agents may not change ${kept}: it is one of the walls around them. Ask your user to do it.`,
      })
    }
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

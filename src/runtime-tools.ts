import type { Agents } from './agents/agents.js'
import type { TurnToolbox } from './agents/turn-tools.js'
import { workspaceOf } from './agents/workspace/folder.js'
import type { ConfigView } from './config/view.js'
import type { Instance } from './instance/types.js'
import { lazy } from './kernel/lazy.js'
import type { OpenedTools, ToolServicesInput } from './live/open-tools.js'
import type { Restarts } from './live/restarts.js'
import type { RuntimeChannels } from './runtime-channels.js'
import type { RuntimeCron } from './runtime-cron.js'
import type { OpenedWalls } from './sandbox/open-walls.js'
import { filledConfig } from './secrets/fill.js'
import type { Secrets } from './secrets/secrets.js'
import type { Sessions } from './sessions/sessions.js'
import type { Store } from './storage/types.js'

interface Parts extends Pick<ToolServicesInput, 'catalogOf' | 'provider' | 'clock' | 'log'> {
  readonly instance: Instance
  readonly config: ConfigView
  readonly secrets: Secrets
  readonly store: Store
  readonly agents: Agents
  readonly sessions: Sessions
  readonly exec: () => Promise<OpenedWalls>
  readonly restarts: Restarts
  readonly channels: RuntimeChannels
  readonly cron: RuntimeCron
  /** Blanks the secrets that the gateway knows. */
  readonly redact: (text: string) => string
}

/** The tools of a gateway, for turns and for clients. Imported at the first turn or call; `parts` is asked only then. */
export function openRuntimeTools(parts: () => Parts) {
  let opened: OpenedTools | undefined
  const open = lazy(async () => {
    const { openToolServices } = await import('./live/open-tools.js')
    opened = openToolServices(await inputOf(parts()))
    return opened
  })
  const toolbox: TurnToolbox = { offer: async (facts) => (opened ?? (await open())).toolbox.offer(facts) }
  return { toolbox, open }
}

async function inputOf(parts: Parts): Promise<ToolServicesInput> {
  const { instance, config, secrets, clock, log, store, agents, sessions, restarts, channels, cron } = parts
  const exec = await parts.exec()
  const { redact, catalogOf, provider } = parts
  const current = () => config.current
  return {
    walls: exec.walls,
    world: {
      instance,
      view: config,
      config: current,
      clock,
      log,
      sessions,
      isSandboxed: (owner) => exec.walls.isSandboxed(owner),
      redact,
      restarts,
      channels: () => channels,
      cron: () => cron,
    },
    config: filledConfig(current, secrets, ['tools']),
    roster: () => agents.roster(),
    env: config.env,
    clock,
    log,
    notes: store.memory,
    workspaceOf: (agent) => workspaceOf(instance.paths, config.current, agent),
    home: instance.paths.home,
    catalogOf,
    provider,
  }
}

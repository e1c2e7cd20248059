import { randomUUID } from 'node:crypto'
import type { EventHook, HookEventName } from '../../../schemas/config/hook-events.js'
import type { Config } from '../../config/types.js'
import type { EgressFetch } from '../../egress/types.js'
import type { Clock } from '../../kernel/clock.js'
import type { Bus } from '../../kernel/events.js'
import type { Logger } from '../../kernel/logger.js'
import { Stop } from '../../kernel/stop.js'
import { within } from '../../kernel/within.js'
import type { SecretValue } from '../../secrets/types.js'
import { inheritedVariables } from '../../tools/_exec/environment.js'
import type { GatewayEvents } from '../events.js'
import { deliverEvent, type EventLetter } from './deliver.js'
import { EventLine, type EventOutcome } from './line.js'
import { sources } from './occurrences.js'

/** How long hooks may take for what was told before the gateway ends, its end included. */
const farewellMs = 3_000

export interface EventHooksInput {
  readonly bus: Bus<GatewayEvents>
  readonly clock: Clock
  readonly log: Logger
  readonly config: () => Config
  readonly env: () => Readonly<Record<string, string | undefined>>
  readonly profile: string
  readonly version: string
  readonly home: string
  readonly folder: string
  readonly egress: () => Promise<EgressFetch>
  readonly secret: (input: SecretValue, path: string) => string
  readonly count: (hook: string, outcome: EventOutcome) => void
}

export type OpenedEventHooks = ReturnType<typeof openEventHooks>

/** The hooks of a config that are on and have something to do. */
export function activeHooks({ hooks }: Config): [name: string, hook: EventHook][] {
  const { enabled, entries = {} } = hooks?.internal ?? {}
  if (enabled !== true) return []
  return Object.entries(entries).filter(([, hook]) => {
    const { enabled: on = true, command, url, on: events = [] } = hook
    return on && (command ?? url) !== undefined && events.length > 0
  })
}

/** Tells commands and URLs what happens in the gateway (`hooks.internal`). Loaded when the config has the first hook. */
export function openEventHooks(input: EventHooksInput) {
  const { bus, clock, log, profile, version } = input
  // Not that of the gateway: its end is told of.
  const stop = new Stop()
  /** A line stays when its hook is gone: one that comes back begins behind what still runs. */
  const lines = new Map<string, EventLine>()
  const undo = new Map<HookEventName, () => void>()

  function occurred(event: HookEventName, data: object): void {
    const at = clock.now()
    const id = randomUUID()
    let letter: EventLetter | undefined
    for (const [name, { on = [] }] of activeHooks(input.config())) {
      if (!on.includes(event)) continue
      letter ??= { id, event, at, body: JSON.stringify({ id, event, at: new Date(at).toISOString(), profile, data }) }
      lineOf(name).push(letter)
    }
  }

  function lineOf(name: string): EventLine {
    const known = lines.get(name)
    if (known) return known
    const count = (outcome: EventOutcome) => input.count(name, outcome)
    const line = new EventLine({ name, log, count, deliver: (letter) => deliver(name, letter) })
    lines.set(name, line)
    return line
  }

  /** To the hook as it is at this moment; to nobody when it is gone. */
  async function deliver(name: string, letter: EventLetter): Promise<void> {
    const config = input.config()
    const [, hook] = activeHooks(config).find(([known]) => known === name) ?? []
    if (!hook) return
    const { secret } = hook
    const path = `hooks.internal.entries.${name}.secret`
    await deliverEvent(
      hook,
      letter,
      {
        ...{
          clock,
          home: input.home,
          folder: input.folder,
          egress: input.egress,
          policy: config.hooks?.internal?.ssrfPolicy,
        },
        env: () => ({ ...inheritedVariables(input.env()), OPENCLAW_HOOK_EVENT: letter.event }),
        secret: () => (secret === undefined ? undefined : input.secret(secret, path)),
      },
      stop,
    )
  }

  /** Listens to what some hook is for, and to nothing else. */
  function reconcile(): void {
    const active = activeHooks(input.config())
    const wanted = new Set(active.flatMap(([, { on = [] }]) => on))
    for (const [event, end] of undo) {
      if (wanted.has(event)) continue
      end()
      undo.delete(event)
    }
    for (const event of wanted) {
      const listen = sources[event]
      if (listen && !undo.has(event)) undo.set(event, listen(bus, occurred))
    }
    for (const [name, line] of lines) if (!active.some(([known]) => known === name)) line.drop()
  }

  reconcile()
  return {
    reconcile,
    started: () => occurred('gateway:startup', { version }),
    /** Tells of the end, and waits a little for it to be heard. Then what still runs is ended. */
    async close(): Promise<void> {
      for (const end of undo.values()) end()
      occurred('gateway:shutdown', {})
      const settled = Promise.all([...lines.values()].map((line) => line.settled()))
      await within(clock, farewellMs, settled, () => {})
      for (const line of lines.values()) line.drop()
      stop.abort(new Error('the gateway ended'))
      await settled
    },
  }
}

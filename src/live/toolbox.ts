import type { Config } from '../../schemas/config/index.js'
import type { TurnFacts, TurnToolbox, TurnTools } from '../agents/turn-tools.js'
import type { TurnSettings } from '../agents/types.js'
import type { EgressFetch } from '../egress/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'
import type { ToolCall } from '../models/types.js'
import type { ElevatedLevel } from '../sandbox/elevated.js'
import { guestOf } from '../sandbox/scope.js'
import type { TurnWalls, Walls } from '../sandbox/walls.js'
import type { CommandPlace } from '../tools/_commands.js'
import type { PolicyFacts } from '../tools/_policy/types.js'
import { meantCall } from '../tools/_registry/more.js'
import type { ToolOffer, Tools } from '../tools/_registry.js'
import type { ToolCaller, ToolFiles, ToolResult } from '../tools/_types.js'
import { filesOf, policyFacts } from './call-facts.js'
import { TurnDoor } from './door/door.js'
import type { DoorWorld } from './door/types.js'

export interface ToolboxInput {
  readonly tools: Tools
  readonly walls: Pick<Walls, 'open' | 'isSandboxed'>
  readonly fetch: EgressFetch
  readonly world: DoorWorld
  readonly config: () => Config
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
}

/** The tools of a gateway for its turns, behind policy and walls. */
export class Toolbox implements TurnToolbox {
  readonly #input: ToolboxInput

  constructor(input: ToolboxInput) {
    this.#input = input
  }

  async offer(facts: TurnFacts): Promise<TurnTools | undefined> {
    const { tools, walls, config } = this.#input
    const { agent, sessionKey, caller, model } = facts
    const guest = guestOf(callerOf(facts))
    const policy = policyFacts(config(), facts, {
      owner: caller.owner,
      sandboxed: walls.isSandboxed({ agent, sessionKey, guest }),
      provider: model.provider,
      model: model.id,
      account: caller.account,
      from: caller.place,
      ...(caller.sender && { sender: caller.sender }),
    })
    const offer = await tools.offer(policy)
    return offer.tools.length === 0 ? undefined : new OpenTools(this.#input, facts, policy, offer)
  }
}

/** What one turn was offered. Its walls open with its first call. */
class OpenTools implements TurnTools {
  readonly #input: ToolboxInput
  readonly #facts: TurnFacts
  readonly #policy: PolicyFacts
  readonly #offer: ToolOffer
  #opened: { readonly wall: TurnWalls; readonly files: Promise<ToolFiles> } | undefined

  constructor(input: ToolboxInput, facts: TurnFacts, policy: PolicyFacts, offer: ToolOffer) {
    this.#input = input
    this.#facts = facts
    this.#policy = policy
    this.#offer = offer
  }

  get definitions() {
    return this.#offer.definitions
  }

  get bytes() {
    return this.#offer.bytes
  }

  async takesNotes(): Promise<boolean> {
    const { place, session } = this.#policy
    if (place || session === 'group') return false
    const writes = this.#offer.tools.some(({ name }) => name === 'write' || name === 'edit')
    return writes && (await this.#open().files).writable
  }

  isReadOnly(call: ToolCall): boolean {
    const { name } = meantCall(call)
    return this.#offer.tools.find((tool) => tool.name === name)?.readOnly ?? false
  }

  shown(call: ToolCall) {
    const { name, arguments: args } = meantCall(call)
    return { name, args: typeof args === 'string' ? parsed(args) : args }
  }

  async run(call: ToolCall, signal: AbortSignal, progress: (partial: ToolResult) => void) {
    const { tools, fetch, config, env, clock, log, world } = this.#input
    const { agent, sessionKey, runId, caller } = this.#facts
    const { wall, files } = this.#open()
    const { sandboxed } = wall
    return tools.call({ name: call.name, arguments: call.arguments }, this.#policy, {
      agent,
      sessionKey,
      runId,
      callId: call.id,
      caller: callerOf(this.#facts),
      config: config(),
      env,
      clock,
      log,
      signal,
      files: await files,
      commands: wall.commands(call.id),
      processes: wall.processes,
      fetch,
      gateway: new TurnDoor(world, { agent, sessionKey, runId, caller, sandboxed }),
      progress,
    })
  }

  #open() {
    if (this.#opened) return this.#opened
    const { agent, sessionKey, runId, caller, settings = {} } = this.#facts
    const wall = this.#input.walls.open({
      agent,
      sessionKey,
      runId,
      caller: callerOf(this.#facts),
      processTool: this.#offer.verdicts.get('process')?.allowed ?? false,
      ...(caller.answerable !== undefined && { answerable: caller.answerable }),
      elevatedLevel: settings.elevatedLevel as ElevatedLevel | undefined,
      place: placeOf(settings),
    })
    this.#opened = { wall, files: filesOf(wall) }
    return this.#opened
  }
}

/** A channel counts where the message came through it: what a client of another door calls its channel opens nothing. */
function callerOf({ origin, channel, caller: { owner, sender } }: TurnFacts): ToolCaller {
  const through = origin === 'channel' ? (channel ?? origin) : origin
  return { owner, origin: through, ...(sender && { sender: sender.id }) }
}

function parsed(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    return text
  }
}

/** `/exec` of the session. What it says can only narrow what the config and the host allow. */
function placeOf({ execHost, execSecurity, execAsk, execNode }: TurnSettings): CommandPlace {
  return {
    ...(execHost !== undefined && { host: execHost as CommandPlace['host'] }),
    ...(execSecurity !== undefined && { security: execSecurity as CommandPlace['security'] }),
    ...(execAsk !== undefined && { ask: execAsk as CommandPlace['ask'] }),
    ...(execNode !== undefined && { node: execNode }),
  }
}

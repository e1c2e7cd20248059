import type { Config } from '../../schemas/config/index.js'
import { ensureFolder } from '../agents/workspace/ensure.js'
import type { ExecGate } from '../approvals/gate.js'
import type { ExecAsker } from '../approvals/gate-types.js'
import { configRule } from '../approvals/rules/policy.js'
import { GatewayError } from '../kernel/errors.js'
import type { CommandHost, CommandPlace, CommandRequest, RunningCommand } from '../tools/_commands.js'
import { checkVariables } from '../tools/_exec/environment.js'
import { folderOf, type GatewayHostOptions, gatewayVariables, startOnGateway } from '../tools/_exec/host.js'
import { execConfig } from '../tools/_exec/times.js'
import { hostFiles } from '../tools/_files/host-files.js'
import { openFiles } from '../tools/_files/open-files.js'
import type { Processes, ProcessTable } from '../tools/_process/table.js'
import type { ToolCaller, ToolFiles } from '../tools/_types.js'
import { type Elevated, type ElevatedLevel, elevatedDefault, elevatedFor } from './elevated.js'
import { placeOf } from './place.js'
import type { Sandboxes } from './sandboxes.js'
import { apartKey, guestOf, isSandboxed, type SandboxOwner } from './scope.js'
import { sandboxMode } from './settings.js'

export interface WallsOptions {
  readonly paths: { readonly home: string; readonly state: string; readonly config: string }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly config: () => Config
  readonly workspaceOf: (agent: string) => string
  readonly gate: ExecGate
  readonly sandboxes: Sandboxes
  readonly processes: ProcessTable
  /** The host of a node; undefined when none of this name is connected. */
  readonly nodeHost?: (node: string | undefined) => CommandHost | undefined
}

/** A turn, as far as walls depend on it. Only the server says it. */
export interface WallFacts {
  readonly agent: string
  readonly sessionKey: string | undefined
  readonly runId: string
  readonly caller: ToolCaller
  /** False when the turn's policy has no `process` tool. */
  readonly processTool: boolean
  /** `/elevated` of the session; `elevatedDefault` of the config when unset. */
  readonly elevatedLevel?: ElevatedLevel | undefined
  /** `/exec` of the session. A call may choose another host or node, and be stricter. */
  readonly place?: CommandPlace
  /** An approval can be given where the turn came from. */
  readonly answerable?: boolean
  readonly turnSource?: ExecAsker['turnSource']
}

/** What the tools of one turn may reach. */
export interface TurnWalls {
  readonly sandboxed: boolean
  readonly processes: Processes
  /** The files of the session. A sandboxed one sees its mounts alone. */
  files(): Promise<ToolFiles>
  /** Where a tool call runs commands. */
  commands(callId: string): CommandHost
}

/** Puts each turn behind its walls: sandbox or host, with approvals where there is no sandbox. */
export class Walls {
  readonly #options: WallsOptions

  constructor(options: WallsOptions) {
    this.#options = options
  }

  /** True when a turn runs in a sandbox. */
  isSandboxed(owner: SandboxOwner): boolean {
    return isSandboxed({ mode: sandboxMode(this.#options.config(), owner.agent) }, owner)
  }

  open(facts: WallFacts): TurnWalls {
    const { config, processes } = this.#options
    const { agent, sessionKey, caller } = facts
    const owner = { agent, sessionKey, guest: guestOf(caller) }
    const sandboxed = this.isSandboxed(owner)
    const elevated = elevatedFor(config(), agent, caller)
    const level = facts.elevatedLevel ?? elevatedDefault(config(), agent)
    const turn: Turn = { facts, owner, sandboxed, elevated, level }
    // A session in a sandbox must not reach what the same agent has running on the host.
    const scope = sandboxed ? `agent:${agent}|sandbox|${apartKey(owner) ?? facts.runId}` : `agent:${agent}`
    const view = processes.view({ scope, agent, reachable: facts.processTool, elevated: elevated.allowed })
    return {
      sandboxed,
      processes: {
        ...view,
        start: (host, request, about, signal) => view.start(host, marked(turn, request), about, signal),
      },
      files: () => this.#files(turn),
      commands: (callId) => ({
        kind: sandboxed ? 'sandbox' : 'gateway',
        start: (request) => this.#start(turn, callId, request),
      }),
    }
  }

  async #files({ facts, owner, sandboxed }: Turn): Promise<ToolFiles> {
    const { paths, config, sandboxes } = this.#options
    if (!sandboxed) {
      const workspaceOnly = fsConfig(config(), facts.agent).workspaceOnly ?? false
      return hostFiles({ paths, workspace: await this.#workspace(facts.agent), workspaceOnly })
    }
    const { layout } = await sandboxes.specOf(owner)
    const mounts = layout.filesWritable ? layout.mounts : layout.mounts.map((mount) => ({ ...mount, writable: false }))
    return openFiles({ root: layout.workdir, mounts })
  }

  async #start(turn: Turn, callId: string, request: CommandRequest): Promise<RunningCommand> {
    const { config, sandboxes } = this.#options
    const { facts, sandboxed } = turn
    const leaves = sandboxed && leavesSandbox(turn, request)
    const { host: configured = 'auto' } = execConfig(config(), facts.agent)
    const place = placeOf({ sandboxed, configured, wanted: request.place?.host ?? 'auto', elevated: leaves })
    if (place !== 'sandbox') return this.#outside(turn, callId, request, place)
    const rule = configRule(config(), facts.agent)
    if (rule.security === 'deny' || request.place?.security === 'deny') {
      throw new GatewayError('exec_denied', { message: `Commands are off (${rule.source}).` })
    }
    const { spec, backend } = await sandboxes.ready(turn.owner)
    return backend.start(spec, request)
  }

  async #outside(
    turn: Turn,
    callId: string,
    request: CommandRequest,
    host: 'gateway' | 'node',
  ): Promise<RunningCommand> {
    const { gate } = this.#options
    const { agent, sessionKey, runId, answerable = false, turnSource } = turn.facts
    const on = this.#host(agent, await this.#workspace(agent))
    const node = host === 'node' ? this.#node(request.place?.node) : undefined
    const cwd = node ? (request.cwd ?? '') : await folderOf(on.workspace, request.cwd)
    // Where nobody has said a level, a call that wants out waits for somebody to say yes.
    const asks = turn.sandboxed && (turn.level === 'ask' || (turn.level === undefined && request.place?.elevated))
    const cleared = await gate.clear({
      command: request.command,
      cwd,
      env: checkVariables(request.env).env,
      path: gatewayVariables(on, undefined).PATH ?? '',
      asker: { agent, sessionKey, runId, callId, answerable, ...(turnSource && { turnSource }) },
      host,
      ...(request.place?.node !== undefined && { nodeId: request.place.node }),
      security: request.place?.security,
      ask: asks ? 'always' : request.place?.ask,
      signal: request.signal,
      ...(request.waits && { waits: request.waits }),
    })
    const { command } = cleared
    if (node) return node.start({ ...request, command })
    return startOnGateway(on, { ...request, command, cwd: cleared.cwd }, () => cleared.check())
  }

  /** Made when it is not there: a config that was written by hand names a folder that nobody has made yet. */
  async #workspace(agent: string): Promise<string> {
    const folder = this.#options.workspaceOf(agent)
    await ensureFolder(folder)
    return folder
  }

  #host(agent: string, workspace: string): GatewayHostOptions {
    const { inheritEnv, pathPrepend } = execConfig(this.#options.config(), agent)
    return {
      workspace,
      env: this.#options.env,
      ...(inheritEnv && { inheritEnv }),
      ...(pathPrepend && { pathPrepend }),
    }
  }

  #node(wanted: string | undefined): CommandHost {
    const host = this.#options.nodeHost?.(wanted)
    if (host) return host
    throw new GatewayError('exec_failed', {
      message:
        wanted === undefined ? 'No node is connected that could run commands.' : `The node ${wanted} is not connected.`,
    })
  }
}

interface Turn {
  readonly facts: WallFacts
  readonly owner: SandboxOwner
  readonly sandboxed: boolean
  readonly elevated: Elevated
  /** Undefined: nobody has said one. */
  readonly level: ElevatedLevel | undefined
}

/** The request with the mark of one that leaves a sandbox, whoever asked for that: the session or the call. */
function marked<R extends Omit<CommandRequest, 'signal'>>(turn: Turn, request: R): R {
  const { facts, sandboxed, elevated, level } = turn
  const always = level !== undefined && level !== 'off' && elevated.allowed
  const [session, call] = [facts.place ?? {}, given(request.place)]
  const security = stricter(['full', 'allowlist', 'deny'], session.security, call.security)
  const ask = stricter(['off', 'on-miss', 'always'], session.ask, call.ask)
  return {
    ...request,
    place: {
      ...session,
      ...call,
      ...(security && { security }),
      ...(ask && { ask }),
      elevated: sandboxed && (always || request.place?.elevated === true),
    },
  }
}

/** Whether a call of a sandboxed session goes to the host. Throws `exec_denied` with the keys that forbid it. */
function leavesSandbox(turn: Turn, request: CommandRequest): boolean {
  const { elevated, level } = turn
  if (!marked(turn, request).place?.elevated) return false
  if (elevated.allowed && level !== 'off') return true
  if (elevated.allowed) {
    throw new GatewayError('exec_denied', {
      message: 'Commands of this session stay in the sandbox: elevated is off (/elevated, or elevatedDefault).',
    })
  }
  throw new GatewayError('exec_denied', {
    message: `This caller may not leave the sandbox: ${elevated.failures.map(({ key }) => key).join(', ')}.`,
    details: { failures: elevated.failures },
  })
}

function fsConfig(config: Config, agent: string): { readonly workspaceOnly?: boolean } {
  return { ...config.tools?.fs, ...config.agents?.entries?.[agent]?.tools?.fs }
}

/** The later of two words in a list that begins with the mildest. */
function stricter<W extends string>(order: readonly W[], one: W | undefined, other: W | undefined): W | undefined {
  return order.findLast((word) => word === one || word === other)
}

/** Without the words that say nothing. */
function given(place: CommandPlace = {}): CommandPlace {
  return Object.fromEntries(Object.entries(place).filter(([, word]) => word !== undefined && word !== 'auto'))
}

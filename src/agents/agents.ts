import type { Config } from '../../schemas/config/index.js'
import type { SessionEntry } from '../../schemas/session.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError, toGatewayError } from '../kernel/errors.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import type { Cooldowns } from '../models/cooldowns.js'
import type { Catalog, ModelLine } from '../models/open-catalog.js'
import { ModelRoute } from '../models/route.js'
import type { EmbeddingResult, ModelProvider } from '../models/types.js'
import type { Store } from '../storage/types.js'
import type { Accumulator } from './accumulate.js'
import type { CompactOutcome, CompactRequest } from './context/compact-session.js'
import { Setbacks } from './context/setbacks.js'
import { contextSettings } from './context/settings.js'
import type { AgentEvents } from './events.js'
import { Lanes } from './lanes.js'
import { LiveRuns } from './live-runs.js'
import type { AgentFacts } from './prompt.js'
import type { Purse, RunContext, runTurn } from './run.js'
import { type AgentRoster, agentRoster } from './select.js'
import { Turn } from './turn.js'
import { TurnCount } from './turn-count.js'
import type { TurnToolbox } from './turn-tools.js'
import type { RunEmit, RunFinal, RunRequest } from './types.js'
import { ProjectContext } from './workspace/context.js'

export interface AgentsOptions {
  readonly log: Logger
  readonly clock: Clock
  readonly store: Store
  readonly bus: Bus<AgentEvents>
  readonly config: () => Config
  readonly catalog: () => Catalog
  readonly provider: (api: string) => Promise<ModelProvider>
  readonly cooldowns: Cooldowns
  /** Called when a key was refused: the catalog may be made anew with other keys. */
  readonly keysFailed?: () => void
  /** The tools of turns; without it agents only talk. */
  readonly toolbox?: TurnToolbox
  /** Blanks secret values in what tools bring. */
  readonly redact?: (text: string) => string
  /** Counts what turns cost, and says when it is enough. */
  readonly spending?: Purse
  /** Where an agent lives. */
  readonly home: (config: Config, agent: string) => AgentHome
}

export interface AgentHome {
  /** Its workspace, absolute. */
  readonly folder: string
  readonly mainSessionKey: string
}

export interface EmbedRequest {
  readonly agent: string
  readonly input: readonly string[]
  readonly dimensions?: number
  readonly modelOverride?: string
  readonly signal: StopSignal
}

export interface Agents {
  roster(): AgentRoster
  /** Turns that run or wait. */
  readonly active: number
  /** Resolves when no turn runs or waits, at the latest after `limitMs`; then with false. */
  settled(limitMs: number): Promise<boolean>
  /** One turn, from whichever door; `emit` gets its events, the promise its end. Never throws and never rejects. */
  run(request: RunRequest, emit: RunEmit): Promise<RunFinal>
  /** The turns of sessions that have not ended. */
  readonly live: LiveRuns
  /** True when the session would refuse one more turn. */
  full(sessionKey: string): boolean
  /** Runs `work` while no turn of the session runs: in its place in the lane, where the next turns wait for it. */
  alone<T>(sessionKey: string, signal: StopSignal, work: () => Promise<T>): Promise<T>
  /** Sums up a session where no turn of it runs. Throws what keeps its model from being asked. */
  compact(request: CompactRequest): Promise<CompactOutcome>
  /** Throws `embeddings_not_configured`, or what the provider's failure maps to. */
  embed(request: EmbedRequest): Promise<EmbeddingResult>
}

/** The one engine that every door uses (DESIGN.md section 1, decision 5). */
export function createAgents(options: AgentsOptions): Agents {
  const { log, clock, store, bus, provider, cooldowns, keysFailed } = options
  const lanes = new Lanes(() => options.config().agents?.defaults?.maxQueuedTurns)
  const turns = new TurnCount(clock)
  const live = new LiveRuns()
  const setbacks = new Setbacks(clock)
  let contexts: Contexts | undefined

  /** The turns of an agent have the same context until the config changes. */
  function contextsNow(): Contexts {
    const config = options.config()
    const catalog = options.catalog()
    if (contexts?.config === config && contexts.catalog === catalog) return contexts
    contexts = { config, catalog, known: new Map() }
    return contexts
  }

  function run(request: RunRequest, emit: RunEmit): Promise<RunFinal> {
    if (request.sessionKey !== undefined) return runInSession(request, request.sessionKey, emit)
    const known = request.modelOverride === undefined ? contextsNow().known.get(request.agent) : undefined
    return known ? known.runTurn(known.context, request, emit) : prepareAndRun(request, emit)
  }

  async function prepareAndRun(request: RunRequest, emit: RunEmit): Promise<RunFinal> {
    let prepared: Prepared
    try {
      prepared = await prepare(request.agent, request.modelOverride)
    } catch (thrown) {
      return refused(thrown, request)
    }
    return prepared.runTurn(prepared.context, request, emit)
  }

  /** What is set on the session counts where the request does not say. */
  async function runInSession(request: RunRequest, sessionKey: string, emit: RunEmit): Promise<RunFinal> {
    const turn = new Turn(request)
    turn.over = live.add(turn)
    // Taken at once: turns begin in the order in which they were asked for, however long each takes to prepare.
    turn.place = lanes.enter(sessionKey, turn.signal, request.maxWaiting)
    turn.place.catch(() => {})
    let prepared: Prepared
    let entry: Partial<SessionEntry>
    try {
      entry = { ...(await store.sessions.get(sessionKey))?.entry, ...request.settings }
      prepared = await prepare(request.agent, request.modelOverride ?? entry.model)
    } catch (thrown) {
      void turn.place.then((leave) => leave()).catch(() => {})
      const final = turn.host ? await turn.hostEnd(turn.host) : refused(thrown, request)
      turn.release()
      const about = { runId: turn.runId, sessionKey, agent: request.agent }
      if (turn.host) bus.emit('run.joined', { ...about, final })
      else if (final.type === 'error') bus.emit('run.refused', { ...about, error: final.error })
      turn.tell(final)
      return final
    }
    const { context } = prepared
    const { thinkingLevel } = entry
    const own = Object.keys(entry).length === 0 ? context : { ...context, thinkingLevel, settings: entry }
    return prepared.runTurn(own, request, emit, turn)
  }

  async function prepare(agent: string, override: string | undefined): Promise<Prepared> {
    const { config, catalog, known } = contextsNow()
    const prepared = override === undefined ? known.get(agent) : undefined
    if (prepared) return prepared
    const line = catalog.line(agent, override)
    const route = await routeOf(line).ready()
    const { entries, defaults } = config.agents ?? {}
    const timeoutSeconds = entries?.[agent]?.timeoutSeconds ?? defaults?.timeoutSeconds
    const timeoutMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000
    const facts = factsOf(config, agent, options.home(config, agent), clock)
    const watchRepeats = config.tools?.loopDetection?.enabled ?? true
    const { toolbox, redact, spending } = options
    const shared = { log, clock, lanes, turns, store, bus, toolbox, redact, spending }
    const fit = { settings: contextSettings(config), setbacks, summaryRoute: () => summaryRoute(agent, route) }
    const context = { ...shared, agent: facts, route, timeoutMs, watchRepeats, fit }
    // What turns consist of is read with the first one, and not when the gateway starts.
    const fresh = { context, runTurn: (await import('./run.js')).runTurn }
    if (override === undefined) known.set(agent, fresh)
    return fresh
  }

  const routeOf = (line: ModelLine) => new ModelRoute({ line, clock, log, cooldowns, provider, keysFailed })

  /** Who sums up the conversations of an agent. */
  async function summaryRoute(agent: string, own: ModelRoute): Promise<ModelRoute> {
    const model = options.config().agents?.defaults?.compaction?.model
    return model === undefined ? own : routeOf(options.catalog().line(agent, model)).ready()
  }

  async function alone<T>(sessionKey: string, signal: StopSignal, work: () => Promise<T>): Promise<T> {
    const leave = await lanes.enter(sessionKey, signal)
    try {
      return await work()
    } finally {
      leave()
    }
  }

  function compact(request: CompactRequest): Promise<CompactOutcome> {
    const { agent, sessionKey, runId, signal } = request
    return alone(sessionKey, signal, async () => {
      const { route, fit } = (await prepare(agent, (await store.sessions.get(sessionKey))?.entry.model)).context
      if (!fit) throw new GatewayError('internal_error')
      const [model] = route.options.line.models
      const emit: RunEmit = (event) => bus.emit('run.event', { runId, sessionKey, agent, event })
      const { compactSession } = await import('./context/compact-session.js')
      const by = { agent, origin: 'ws', caller: undefined, job: undefined }
      await options.spending?.check(by)
      const spent: Accumulator['onSpend'] = (usage, usd) => options.spending?.add(by, usage, usd)
      return compactSession({ store, clock, log, fit, model, emit, spent }, request)
    })
  }

  async function embed(request: EmbedRequest): Promise<EmbeddingResult> {
    const catalog = options.catalog()
    const name = request.modelOverride ?? catalog.embedding()
    if (name === undefined) throw new GatewayError('embeddings_not_configured')
    const model = named(() => catalog.resolve(name, request.agent), request.modelOverride)
    const embedder = await provider(model.api)
    if (!embedder.embed) {
      throw new GatewayError('embeddings_not_configured', { message: `The API of "${name}" has no embeddings.` })
    }
    const { input, dimensions, signal } = request
    return embedder.embed({ model, input, ...(dimensions === undefined ? {} : { dimensions }) }, signal)
  }

  return {
    roster: () => agentRoster(options.config()),
    get active() {
      return turns.active
    },
    settled: (limitMs) => turns.settled(limitMs),
    run,
    live,
    full: (sessionKey) => lanes.full(sessionKey),
    alone,
    compact,
    embed,
  }
}

interface Prepared {
  readonly context: RunContext
  readonly runTurn: typeof runTurn
}

interface Contexts {
  readonly config: Config
  readonly catalog: Catalog
  /** By agent; bounded by the agents of the config. */
  readonly known: Map<string, Prepared>
}

/** The end of a turn that has no model to ask. */
function refused(thrown: unknown, { modelOverride }: RunRequest): RunFinal & { type: 'error' } {
  return { type: 'error', error: blameOverride(toGatewayError(thrown), modelOverride), partial: '' }
}

function factsOf(config: Config, id: string, { folder, mainSessionKey }: AgentHome, clock: Clock): AgentFacts {
  const { entries, defaults } = config.agents ?? {}
  const entry = entries?.[id]
  const limits = { perFile: defaults?.bootstrapMaxChars ?? 20_000, total: defaults?.bootstrapTotalMaxChars ?? 60_000 }
  return {
    id,
    name: entry?.identity?.name ?? entry?.name,
    theme: entry?.identity?.theme,
    project: new ProjectContext(folder, limits, clock),
    mainSessionKey,
  }
}

function named<T>(resolve: () => T, override: string | undefined): T {
  try {
    return resolve()
  } catch (thrown) {
    throw blameOverride(toGatewayError(thrown), override)
  }
}

/** A model that the caller asked for and that is not there is the caller's error, in the header it came in. */
function blameOverride(error: GatewayError, override: string | undefined): GatewayError {
  if (override === undefined || error.code !== 'model_not_found') return error
  return new GatewayError('model_not_found', { message: error.message, param: 'x-openclaw-model' })
}

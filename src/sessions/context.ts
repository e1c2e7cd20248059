import type { Config } from '../../schemas/config/index.js'
import type { SessionRow as WireRow } from '../../schemas/ws/rows/session.js'
import type { Agents } from '../agents/agents.js'
import type { AgentEvents } from '../agents/events.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import type { StopSignal } from '../kernel/stop.js'
import type { Catalog } from '../models/open-catalog.js'
import type { SessionRow, Store } from '../storage/types.js'
import { canonicalKey, type KeyRules, keyRules, type SessionName } from './canonical.js'
import type { SessionEvents } from './events.js'
import { type ModelFacts, modelFacts } from './model-facts.js'
import { type RowOptions, type RowSource, wireRow } from './row.js'

export interface SessionsOptions {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly bus: Bus<AgentEvents & SessionEvents>
  readonly agents: Pick<Agents, 'roster' | 'live' | 'alone' | 'compact' | 'full' | 'run'>
  readonly config: () => Config
  readonly catalog: () => Catalog
  /** Aborts when the gateway no longer waits for turns. */
  readonly stopping: StopSignal
}

/** What all of src/sessions works with: the options, and the names that follow from the config of the moment. */
export class SessionsContext {
  readonly options: SessionsOptions

  constructor(options: SessionsOptions) {
    this.options = options
  }

  get store(): Store {
    return this.options.store
  }

  now(): number {
    return this.options.clock.now()
  }

  rules(): KeyRules {
    return keyRules(this.options.config(), this.options.agents.roster())
  }

  /** See `canonicalKey`. */
  name(key: string, agentId?: string): SessionName {
    return canonicalKey(this.rules(), key, agentId)
  }

  modelFacts(agent: string, override?: string): ModelFacts {
    return modelFacts(this.options.catalog(), agent, override)
  }

  /** Throws `model_not_found` when the model cannot be called. */
  checkModel(agent: string, name: string): string {
    return this.options.catalog().resolve(name, agent).ref
  }

  /** What rows of one answer are made with: the same model is looked up once. */
  rowSource(): RowSource {
    const known = new Map<string, ModelFacts>()
    const { live } = this.options.agents
    return {
      rules: this.rules(),
      live: (key) => live.of(key),
      model: (agent, override) => {
        const name = `${agent} ${override ?? ''}`
        const facts = known.get(name) ?? this.modelFacts(agent, override)
        known.set(name, facts)
        return facts
      },
    }
  }

  row(row: SessionRow, options?: RowOptions): WireRow {
    return wireRow(this.rowSource(), row, options)
  }
}

/** Throws `conflict` when the session went on with another transcript than the caller saw. */
export function checkSessionId(row: SessionRow | undefined, expected: string | undefined): void {
  if (expected === undefined || row === undefined || row.id === expected) return
  throw new GatewayError('conflict', {
    message: 'The session was reset since it was read. Read it again and repeat the call.',
    details: { reason: 'session-changed', sessionId: row.id },
  })
}

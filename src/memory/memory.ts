import type { Config } from '../../schemas/config/index.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError, toGatewayError } from '../kernel/errors.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { StopSignal } from '../kernel/stop.js'
import type { MemoryStore } from '../storage/memory-types.js'
import type { AgentMemory, MemoryAnswer, MemoryFile, MemoryQuery } from '../tools/_memory.js'
import { decodeText } from '../tools/_text/decode.js'
import { type Corpus, openCorpus } from './corpus.js'
import { chooseEmbedder, type Embedder, type EmbedderChoice, type EmbedderInput, openEmbedder } from './embedder.js'
import { type IndexReport, indexFiles } from './index-files.js'
import { type SearchInput, searchIndex } from './search.js'
import { type MemorySettings, memorySettings } from './settings.js'
import { type MemoryStatus, memoryStatus } from './status.js'
import { fillVectors, nearest, withLimit } from './vectors.js'

/** How long a model that failed is not asked again when memory can do without it. */
const REST_MS = 60_000

export interface MemoryInput extends EmbedderInput {
  readonly store: MemoryStore
  readonly clock: Clock
  readonly config: () => Config
  /** An agent's workspace, absolute. */
  readonly workspaceOf: (agent: string) => string
  /** What `~` stands for. */
  readonly home: string
}

/** The notes of every agent of one gateway, and the index over them. */
export class Memory implements AgentMemory {
  readonly #input: MemoryInput
  /** One look at the files of an agent at a time: a second one would read the same files again. */
  readonly #looks = new KeyedMutex()
  /** The same for their vectors. */
  readonly #fills = new KeyedMutex()
  /** Until when models that failed are not asked; by name, which the config bounds. */
  readonly #resting = new Map<string, number>()

  constructor(input: MemoryInput) {
    this.#input = input
  }

  /** Finds what is on disk now: the index is brought up to date first. */
  async search(agent: string, query: MemoryQuery): Promise<MemoryAnswer> {
    const { store, clock, config } = this.#input
    const settings = this.#settings(agent)
    const input = { store, agent, query, settings, now: clock.now() }
    const choice = chooseEmbedder(config(), settings)
    const notes = notesOf(await this.refresh(agent, query.signal))
    if (choice && !this.#rests(choice)) {
      try {
        const found = await this.#hybrid(input, choice)
        return { ...found, notes: [...notes, ...found.notes] }
      } catch (thrown) {
        query.signal.throwIfAborted()
        notes.push(this.#failed(choice, toGatewayError(thrown)))
      }
    }
    return { results: await searchIndex(input), mode: 'keyword', notes }
  }

  /**
   * Everything at once: all files that changed, and every vector that is missing. What is wrong with the embedding model
   * is among the problems.
   */
  async index(agent: string, signal: StopSignal, force = false): Promise<IndexReport> {
    const settings = this.#settings(agent)
    let report = await this.refresh(agent, signal, force)
    // What one look leaves over, the next one takes; forced ones would begin anew.
    while (report.pending > 0 && !force) {
      const next = await this.refresh(agent, signal)
      report = { ...next, changed: report.changed + next.changed, removed: report.removed + next.removed }
    }
    try {
      const choice = chooseEmbedder(this.#input.config(), settings)
      if (!choice) return report
      const embedder = await openEmbedder(this.#input, choice, agent)
      const input = { store: this.#input.store, agent, embedder, signal }
      await this.#fills.run(agent, () => fillVectors(input, Number.POSITIVE_INFINITY))
      return report
    } catch (thrown) {
      signal.throwIfAborted()
      return { ...report, problems: [...report.problems, `No vectors: ${toGatewayError(thrown).message}`] }
    }
  }

  async #hybrid(input: SearchInput, choice: EmbedderChoice): Promise<MemoryAnswer> {
    const { store, clock } = this.#input
    const { agent, query } = input
    const embedder: Embedder = await openEmbedder(this.#input, choice, agent)
    return withLimit(clock, query.signal, async (signal) => {
      const vectors = { store, agent, embedder, signal }
      const left = await this.#fills.run(agent, () => fillVectors(vectors))
      const near = (wanted: ReadonlySet<number>, limit: number) => nearest(vectors, query.query, wanted, limit)
      const results = await searchIndex({ ...input, near })
      const notes = left === 0 ? [] : [`${left} chunks have no vector yet; they are found by words.`]
      return { results, mode: 'hybrid', model: embedder.name, notes }
    })
  }

  #rests({ name, explicit }: EmbedderChoice): boolean {
    return !explicit && (this.#resting.get(name) ?? 0) > this.#input.clock.monotonic()
  }

  /** Whoever chose the model hears of its failure; one that only happened to be there is done without for a while. */
  #failed({ name, explicit }: EmbedderChoice, error: GatewayError): string {
    if (explicit) throw error
    this.#resting.set(name, this.#input.clock.monotonic() + REST_MS)
    return `Embeddings by ${name} failed; words only. ${error.message}`
  }

  async read(agent: string, path: string): Promise<MemoryFile | undefined> {
    const corpus = await this.#corpus(agent, this.#settings(agent))
    const name = corpus.nameOf(path)
    try {
      const file = decodeText(await corpus.read(path))
      if (file) return { path: name, text: file.text }
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'file_not_found') return undefined
      throw error
    }
    throw new GatewayError('tool_error', { message: `"${name}" is no text.` })
  }

  /** Brings the index of an agent to what is on disk; with `force` every file is read again. */
  refresh(agent: string, signal: StopSignal, force = false): Promise<IndexReport> {
    const { store, clock } = this.#input
    return this.#looks.run(agent, async () => {
      signal.throwIfAborted()
      const corpus = await this.#corpus(agent, memorySettings(this.#input.config(), agent))
      return indexFiles({ store, agent, corpus, now: clock.now(), signal, force })
    })
  }

  /** How memory is set up, and what its index holds. `probe` asks the embedding model for a vector. */
  status(agent: string, probe: boolean, signal: StopSignal): Promise<MemoryStatus> {
    const { clock, config } = this.#input
    return withLimit(clock, signal, (limited) =>
      memoryStatus({ ...this.#input, config: config(), agent, probe, signal: limited }),
    )
  }

  /** Removes the index of an agent that is gone; its files are left alone. */
  forget(agent: string): Promise<void> {
    return this.#looks.run(agent, () => this.#input.store.forget(agent))
  }

  #settings(agent: string): MemorySettings {
    const settings = memorySettings(this.#input.config(), agent)
    if (settings.enabled) return settings
    const message = 'Memory is off. Set agents.defaults.memorySearch.enabled to true in the config.'
    throw new GatewayError('tool_error', { message })
  }

  #corpus(agent: string, { extraPaths }: MemorySettings): Promise<Corpus> {
    const { workspaceOf, home } = this.#input
    return openCorpus({ workspace: workspaceOf(agent), extraPaths, home })
  }
}

function notesOf({ pending, problems }: IndexReport): string[] {
  return pending === 0 ? [...problems] : [...problems, `${pending} changed files are indexed at the next search.`]
}

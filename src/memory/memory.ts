import type { Config } from '../../schemas/config/index.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { StopSignal } from '../kernel/stop.js'
import type { MemoryStore } from '../storage/memory-types.js'
import type { AgentMemory, MemoryAnswer, MemoryFile, MemoryQuery } from '../tools/_memory.js'
import { decodeText } from '../tools/_text/decode.js'
import { type Corpus, openCorpus } from './corpus.js'
import { type IndexReport, indexFiles } from './index-files.js'
import { searchIndex } from './search.js'
import { type MemorySettings, memorySettings } from './settings.js'

export interface MemoryInput {
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

  constructor(input: MemoryInput) {
    this.#input = input
  }

  /** Finds what is on disk now: the index is brought up to date first. */
  async search(agent: string, query: MemoryQuery): Promise<MemoryAnswer> {
    const { store, clock } = this.#input
    const settings = this.#settings(agent)
    const report = await this.refresh(agent, query.signal)
    const found = await searchIndex({ store, agent, query, settings, now: clock.now() })
    return { ...found, notes: [...notesOf(report), ...found.notes] }
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

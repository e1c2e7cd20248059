import type { StopSignal } from '../kernel/stop.js'

/** The notes of agents, as tools and clients see them; src/memory is what stands behind it. */
export interface AgentMemory {
  /** Throws `tool_error` when memory is off, and what the embedding provider's failure maps to when it was chosen by name. */
  search(agent: string, query: MemoryQuery): Promise<MemoryAnswer>
  /** A file as text; undefined when there is none. Throws `path_outside` for what is no memory. */
  read(agent: string, path: string): Promise<MemoryFile | undefined>
}

export interface MemoryQuery {
  readonly query: string
  /** As the config says when absent. */
  readonly maxResults?: number | undefined
  /** Least relevance, 0 to 1; as the config says when absent. */
  readonly minScore?: number | undefined
  readonly signal: StopSignal
}

export interface MemoryAnswer {
  /** The best first. */
  readonly results: readonly MemoryHit[]
  readonly mode: 'keyword' | 'hybrid'
  /** The embedding model, when one took part. */
  readonly model?: string
  /** What was not as it should be; for the log and for people. */
  readonly notes: readonly string[]
}

export interface MemoryHit {
  /** Relative to the workspace; absolute for what is outside of it. */
  readonly path: string
  readonly startLine: number
  readonly endLine: number
  /** 0 to 1. */
  readonly score: number
  readonly snippet: string
  /** The headings that it stands under. */
  readonly heading: string
}

export interface MemoryFile {
  readonly path: string
  readonly text: string
}

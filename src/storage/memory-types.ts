/** A file as it was when it was indexed. */
export interface IndexedFile {
  readonly path: string
  /** Changes with the file, without reading it; empty when it said nothing yet. */
  readonly stamp: string
  /** SHA-256 of its content, in hex. */
  readonly hash: string
}

/** A piece of a file that is found as a whole. */
export interface NewChunk {
  readonly startLine: number
  readonly endLine: number
  /** The headings that it stands under. */
  readonly heading: string
  readonly text: string
  /** SHA-256 of heading and text, in hex. */
  readonly hash: string
  /** What it is found by, separated by blanks. */
  readonly words: string
}

export interface FileChunks extends IndexedFile {
  readonly chunks: readonly NewChunk[]
}

export interface StoredChunk extends Omit<NewChunk, 'words'> {
  readonly id: number
  readonly path: string
}

/** A chunk that holds some of the terms; a greater rank is better. */
export interface MatchedChunk extends StoredChunk {
  readonly rank: number
}

/** A word to look for; with `prefix` also words that begin with it. */
export interface MemoryTerm {
  readonly text: string
  readonly prefix: boolean
}

export interface MemoryTotals {
  readonly files: number
  readonly chunks: number
}

/** What changes in an agent's index at once. */
export interface MemoryChange {
  /** New and changed files, whole. */
  readonly put?: readonly FileChunks[]
  /** Files with the same content and another stamp. */
  readonly touch?: readonly Pick<IndexedFile, 'path' | 'stamp'>[]
  /** Paths of files that are gone. */
  readonly remove?: readonly string[]
}

export interface ChunkVector {
  readonly hash: string
  readonly vector: Buffer
}

/** The search index over the notes of agents. Everything in it can be made again from the files. */
export interface MemoryStore {
  files(agent: string): Promise<readonly IndexedFile[]>
  change(agent: string, change: MemoryChange): Promise<void>
  /** The best chunks of the agent that hold any of the terms. */
  match(agent: string, terms: readonly MemoryTerm[], limit: number): Promise<readonly MatchedChunk[]>
  /** How many chunks of the agent hold each term. */
  holders(agent: string, terms: readonly MemoryTerm[]): Promise<readonly number[]>
  /** Chunks by id, those of the agent only, in any order. */
  chunks(agent: string, ids: readonly number[]): Promise<readonly StoredChunk[]>
  totals(agent: string): Promise<MemoryTotals>
  /** Removes everything of the agent. */
  forget(agent: string): Promise<void>
  /** Different chunks of the agent that have no vector of the model. */
  withoutVector(
    agent: string,
    model: string,
    limit: number,
  ): Promise<readonly Pick<StoredChunk, 'hash' | 'heading' | 'text'>[]>
  /** How many different chunks of the agent have no vector of the model. */
  countWithoutVector(agent: string, model: string): Promise<number>
  putVectors(model: string, vectors: readonly ChunkVector[]): Promise<void>
  /** Vectors of the agent's chunks with an id greater than `after`, by id. */
  vectors(
    agent: string,
    model: string,
    after: number,
    limit: number,
  ): Promise<readonly (ChunkVector & { readonly id: number })[]>
}

import { createHash } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import type { StopSignal } from '../kernel/stop.js'
import type { FileChunks, IndexedFile, MemoryStore, NewChunk } from '../storage/memory-types.js'
import { decodeText } from '../tools/_text/decode.js'
import { type Chunk, chunksOf } from './chunk.js'
import type { Corpus } from './corpus.js'
import { type NoteFile, walkCorpus } from './walk.js'
import { wordsOf } from './words.js'

/** Bytes that are read and indexed for one search at most; the next one goes on. */
const BUDGET_BYTES = 16 * 1024 * 1024
/** Bytes of files that are written in one transaction. */
const BATCH_BYTES = 64 * 1024

export interface IndexInput {
  readonly store: MemoryStore
  readonly agent: string
  readonly corpus: Corpus
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly signal: StopSignal
  /** Reads every file again. */
  readonly force?: boolean
}

export interface IndexReport {
  /** Files of the corpus. */
  readonly files: number
  readonly changed: number
  readonly removed: number
  /** Files that are for the next time. */
  readonly pending: number
  readonly problems: readonly string[]
}

/** Brings the index to what is on disk: files that changed are read again, those that are gone disappear. */
export async function indexFiles({ store, agent, corpus, now, signal, force }: IndexInput): Promise<IndexReport> {
  const walk = await walkCorpus(corpus, now)
  const known = new Map((await store.files(agent)).map((file) => [file.path, file]))
  const there = new Set(walk.files.map(({ path }) => path))
  const removed = [...known.keys()].filter((path) => !there.has(path))
  if (removed.length > 0) await store.change(agent, { remove: removed })
  const stale = walk.files.filter(({ path, stamp }) => force || stamp === '' || known.get(path)?.stamp !== stamp)
  const problems = [...corpus.problems, ...walk.problems]
  const batch = new Batch(store, agent)
  let left = BUDGET_BYTES
  let done = 0
  for (const file of stale) {
    signal.throwIfAborted()
    if (left < file.bytes) break
    left -= file.bytes
    done += 1
    const read = await readNote(corpus, file)
    if (typeof read === 'string') problems.push(read)
    else await batch.add(file, read, force ? undefined : known.get(file.path))
  }
  await batch.flush()
  const changed = batch.changed
  return { files: walk.files.length, changed, removed: removed.length, pending: stale.length - done, problems }
}

async function readNote(corpus: Corpus, { path }: NoteFile): Promise<Buffer | string> {
  try {
    return await corpus.read(path)
  } catch (error) {
    return `${path} was not read: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Gathers files so that many small ones share a transaction. */
class Batch {
  readonly #store: MemoryStore
  readonly #agent: string
  #put: FileChunks[] = []
  #touch: Pick<IndexedFile, 'path' | 'stamp'>[] = []
  #bytes = 0
  changed = 0

  constructor(store: MemoryStore, agent: string) {
    this.#store = store
    this.#agent = agent
  }

  async add({ path, stamp }: NoteFile, data: Buffer, known: IndexedFile | undefined): Promise<void> {
    const hash = createHash('sha256').update(data).digest('hex')
    if (known?.hash === hash) {
      if (known.stamp !== stamp) this.#touch.push({ path, stamp })
      return
    }
    const text = decodeText(data)?.text ?? ''
    this.#put.push({ path, stamp, hash, chunks: chunksOf(text).map((chunk) => indexed(path, chunk)) })
    this.changed += 1
    this.#bytes += data.length
    if (this.#bytes >= BATCH_BYTES) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#put.length === 0 && this.#touch.length === 0) return
    const change = { put: this.#put, touch: this.#touch }
    this.#put = []
    this.#touch = []
    this.#bytes = 0
    await this.#store.change(this.#agent, change)
    // Turns of other sessions come in between.
    await turn()
  }
}

/** A chunk is found by its own words, its headings and the name of its file. */
export function searchText({ path, heading, text }: { path: string; heading: string; text: string }): string {
  return `${text}\n${heading}\n${path}`
}

function indexed(path: string, chunk: Chunk): NewChunk {
  const { heading, text } = chunk
  const hash = createHash('sha256').update(`${heading}\n${text}`).digest('hex')
  return { ...chunk, hash, words: wordsOf(searchText({ path, heading, text })).join(' ') }
}

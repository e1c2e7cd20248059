import type { Database } from '../database.js'
import type { GroupCommit } from '../group-commit.js'
import type { FileChunks, IndexedFile, MatchedChunk, MemoryChange, MemoryStore } from '../memory-types.js'
import { matchOf, scopeOf } from './memory-match.js'
import { matchedChunk, storedChunk } from './memory-rows.js'

/**
 * The index of memory files. `memory_index` keeps no texts, only the words of `memory_chunks` by rowid; which agent a
 * row belongs to is a word of its own, so that FTS5 itself leaves out everybody else's.
 */
export function openMemory(database: Database, commits: GroupCommit): MemoryStore {
  let prepared: ReturnType<typeof prepare> | undefined
  const sql = () => {
    prepared ??= prepare(database)
    return prepared
  }

  function drop(agent: string, path: string): void {
    const { chunksOfFile, dropWords, dropFile, dropChunks, dropVectors } = sql()
    const old = chunksOfFile.all(agent, path) as { id: number; hash: string }[]
    for (const { id } of old) dropWords.run(id)
    dropChunks.run(agent, path)
    dropFile.run(agent, path)
    // Of texts that stand nowhere else.
    for (const { hash } of old) dropVectors.run(hash, hash)
  }

  function put(agent: string, { path, stamp, hash, chunks }: FileChunks): void {
    const { putFile, putChunk, putWords } = sql()
    putFile.run(agent, path, stamp, hash)
    const scope = scopeOf(agent)
    for (const chunk of chunks) {
      const { startLine, endLine, heading, text } = chunk
      const { lastInsertRowid } = putChunk.run(agent, path, startLine, endLine, heading, text, chunk.hash)
      putWords.run(lastInsertRowid, scope, chunk.words)
    }
  }

  function change(agent: string, { put: added = [], touch = [], remove = [] }: MemoryChange): void {
    for (const path of remove) drop(agent, path)
    for (const file of added) {
      drop(agent, file.path)
      put(agent, file)
    }
    for (const { path, stamp } of touch) sql().touch.run(stamp, agent, path)
  }

  return {
    files: (agent) => commits.read(() => sql().files.all(agent).map(indexedFile)),
    change: (agent, changed) => commits.write(() => change(agent, changed)),
    match: (agent, terms, limit) =>
      commits.read((): MatchedChunk[] =>
        terms.length === 0 ? [] : sql().match.all(matchOf(agent, terms), agent, limit).map(matchedChunk),
      ),
    holders: (agent, terms) =>
      commits.read(() =>
        terms.map((term) => (sql().holders.get(matchOf(agent, [term])) as { readonly count: number }).count),
      ),
    chunks: (agent, ids) =>
      commits.read(() => ids.flatMap((id) => (sql().chunk.all(id, agent) as unknown[]).map(storedChunk))),
    totals: (agent) =>
      commits.read(() => {
        const { files, chunks } = sql().totals.get(agent, agent) as { files: number; chunks: number }
        return { files, chunks }
      }),
    forget: (agent) =>
      commits.write(() => {
        for (const { path } of sql().files.all(agent).map(indexedFile)) drop(agent, path)
      }),
    withoutVector: (agent, model, limit) =>
      commits.read(() => (sql().withoutVector.all(agent, model, limit) as PlainChunk[]).map(plainChunk)),
    countWithoutVector: (agent, model) =>
      commits.read(() => (sql().countWithoutVector.get(agent, model) as { count: number }).count),
    putVectors: (model, vectors) =>
      commits.write(() => {
        for (const { hash, vector } of vectors) sql().putVector.run(model, hash, vector)
      }),
    vectors: (agent, model, after, limit) =>
      commits.read(() => (sql().vectors.all(model, agent, after, limit) as RawVector[]).map(chunkVector)),
  }
}

type PlainChunk = { hash: string; heading: string; text: string }
type RawVector = { id: number; hash: string; vector: ArrayBuffer }

const plainChunk = ({ hash, heading, text }: PlainChunk) => ({ hash, heading, text })
const chunkVector = ({ id, hash, vector }: RawVector) => ({ id, hash, vector: Buffer.from(vector) })

function indexedFile(raw: unknown): IndexedFile {
  const { path, stamp, hash } = raw as IndexedFile
  return { path, stamp, hash }
}

function prepare(database: Database) {
  const sql = (text: string) => database.prepare(text)
  return {
    files: sql('SELECT path, stamp, hash FROM memory_files WHERE agent = ? ORDER BY path'),
    touch: sql('UPDATE memory_files SET stamp = ? WHERE agent = ? AND path = ?'),
    putFile: sql('INSERT INTO memory_files (agent, path, stamp, hash) VALUES (?, ?, ?, ?)'),
    dropFile: sql('DELETE FROM memory_files WHERE agent = ? AND path = ?'),
    putChunk: sql(`INSERT INTO memory_chunks (agent, path, start_line, end_line, heading, text, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?)`),
    chunksOfFile: sql('SELECT id, hash FROM memory_chunks WHERE agent = ? AND path = ?'),
    dropChunks: sql('DELETE FROM memory_chunks WHERE agent = ? AND path = ?'),
    chunk: sql('SELECT * FROM memory_chunks WHERE id = ? AND agent = ?'),
    putWords: sql('INSERT INTO memory_index (rowid, scope, words) VALUES (?, ?, ?)'),
    dropWords: sql('DELETE FROM memory_index WHERE rowid = ?'),
    // The best rows first, then their texts; bm25() is smaller for better rows.
    match: sql(`SELECT c.*, found.rank AS rank
      FROM (SELECT rowid AS id, -bm25(memory_index, 0.0, 1.0) AS rank FROM memory_index
        WHERE memory_index MATCH ? ORDER BY rank DESC LIMIT ?3) AS found
      JOIN memory_chunks AS c ON c.id = found.id WHERE c.agent = ?2 ORDER BY rank DESC, c.id`),
    holders: sql('SELECT count(*) AS count FROM memory_index WHERE memory_index MATCH ?'),
    totals: sql(`SELECT (SELECT count(*) FROM memory_files WHERE agent = ?) AS files,
      (SELECT count(*) FROM memory_chunks WHERE agent = ?) AS chunks`),
    withoutVector: sql(`SELECT hash, heading, text FROM memory_chunks AS c WHERE agent = ?
      AND NOT EXISTS (SELECT 1 FROM memory_vectors AS v WHERE v.model = ? AND v.hash = c.hash)
      GROUP BY hash ORDER BY max(id) DESC LIMIT ?`),
    countWithoutVector: sql(`SELECT count(DISTINCT hash) AS count FROM memory_chunks AS c WHERE agent = ?
      AND NOT EXISTS (SELECT 1 FROM memory_vectors AS v WHERE v.model = ? AND v.hash = c.hash)`),
    putVector: sql('INSERT OR REPLACE INTO memory_vectors (model, hash, vector) VALUES (?, ?, ?)'),
    dropVectors: sql(`DELETE FROM memory_vectors WHERE hash = ?
      AND NOT EXISTS (SELECT 1 FROM memory_chunks WHERE hash = ?)`),
    vectors: sql(`SELECT c.id AS id, v.hash AS hash, v.vector AS vector FROM memory_chunks AS c
      JOIN memory_vectors AS v ON v.model = ? AND v.hash = c.hash
      WHERE c.agent = ? AND c.id > ? ORDER BY c.id LIMIT ?`),
  }
}

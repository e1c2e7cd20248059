import type { MatchedChunk, StoredChunk } from '../memory-types.js'

interface RawChunk {
  readonly id: number
  readonly path: string
  readonly start_line: number
  readonly end_line: number
  readonly heading: string
  readonly text: string
  readonly hash: string
}

export function storedChunk(raw: unknown): StoredChunk {
  const { id, path, start_line: startLine, end_line: endLine, heading, text, hash } = raw as RawChunk
  return { id, path, startLine, endLine, heading, text, hash }
}

export function matchedChunk(raw: unknown): MatchedChunk {
  return { ...storedChunk(raw), rank: (raw as MatchedChunk).rank }
}

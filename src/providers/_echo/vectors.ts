import { piecesOf } from './pieces.js'

const DIMENSIONS = 256
const MAX_DIMENSIONS = 4096

/**
 * A toy embedding: words and their letter triples, hashed into buckets with a sign, scaled to length 1. Texts that
 * share words lie close together, which is enough to try out search without a network. Deterministic.
 */
export function embedText(text: string, dimensions = DIMENSIONS): number[] {
  const size = Math.min(dimensions, MAX_DIMENSIONS)
  const vector = new Array<number>(size).fill(0)
  for (const piece of piecesOf(text.toLowerCase())) {
    const word = piece.trim()
    if (word === '') continue
    add(vector, word, 1)
    for (let at = 0; at + 3 <= word.length; at++) add(vector, word.slice(at, at + 3), 0.5)
  }
  const length = Math.hypot(...vector)
  if (length === 0) vector[0] = 1
  return length === 0 ? vector : vector.map((value) => value / length)
}

function add(vector: number[], feature: string, weight: number): void {
  const hash = fnv1a(feature)
  const at = (hash >>> 1) % vector.length
  vector[at] = (vector[at] ?? 0) + (hash & 1 ? weight : -weight)
}

/** FNV-1a, 32 bits. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}

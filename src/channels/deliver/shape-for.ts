import type { Wanted } from '../runner.js'
import type { ChunkMode } from './chunk.js'
import { type Piece, type ReplyToMode, type ShapeRules, shapeAnswer } from './shape.js'

/** What an account sends of an answer, as its keys say. `current`: the message that is answered. */
export function shapeFor(
  wanted: Wanted,
  answer: string,
  rules: Pick<ShapeRules, 'prefix' | 'current' | 'continues'>,
): Piece[] {
  const { keys } = wanted.account
  return shapeAnswer(answer, {
    ...cutsOf(wanted),
    ...rules,
    replyToMode: (keys.replyToMode as ReplyToMode | undefined) ?? 'off',
  })
}

/** How an account cuts what is too long for one message. */
export function cutsOf(wanted: Wanted): { readonly limit: number; readonly mode: ChunkMode } {
  const { chunkMode } = wanted.account.keys as { readonly chunkMode?: ChunkMode }
  return { limit: limitOf(wanted), mode: chunkMode ?? 'length' }
}

/** Longest message of an account: that of its platform, or less where the config says so. */
export function limitOf({ account: { keys }, channel: { capabilities } }: Wanted): number {
  const own = typeof keys.textChunkLimit === 'number' ? keys.textChunkLimit : Number.POSITIVE_INFINITY
  return Math.min(own, capabilities.textLimit)
}

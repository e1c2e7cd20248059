import type { Config } from '../../config/types.js'
import type { Wanted } from '../runner.js'
import { type Piece, type ReplyToMode, shapeAnswer } from './shape.js'

/** What an account sends of an answer, as its keys and the config say. `current`: the message that is answered. */
export function shapeFor(wanted: Wanted, { messages }: Config, answer: string, current?: string): Piece[] {
  const { keys } = wanted.account
  return shapeAnswer(answer, {
    limit: limitOf(wanted),
    prefix: typeof keys.responsePrefix === 'string' ? keys.responsePrefix : messages?.responsePrefix,
    replyToMode: (keys.replyToMode as ReplyToMode | undefined) ?? 'off',
    current,
  })
}

/** Longest message of an account: that of its platform, or less where the config says so. */
export function limitOf({ account: { keys }, channel: { capabilities } }: Wanted): number {
  const own = typeof keys.textChunkLimit === 'number' ? keys.textChunkLimit : Number.POSITIVE_INFINITY
  return Math.min(own, capabilities.textLimit)
}

import type { InboxRow, NewOutboxRow } from '../../storage/types.js'
import type { Place } from '../port.js'
import { outboxRow } from './outbox.js'
import type { Shown } from './preview.js'
import type { Piece } from './shape.js'

/**
 * The answer to a message as rows of the outbox. The first piece takes the place of what the chat shows of it already;
 * with `anew`, and where it could not (it quotes another message, there is none), that is taken away first.
 */
export function answerRows(
  row: Pick<InboxRow, 'channel' | 'account' | 'runId'>,
  place: Place,
  pieces: readonly Piece[],
  { shown, anew = false }: { readonly shown: Shown | undefined; readonly anew?: boolean },
): NewOutboxRow[] {
  const [first] = pieces
  const inPlace = shown !== undefined && !anew && first !== undefined && first.replyTo === shown.replyTo
  const rows = pieces.map((piece, index) =>
    outboxRow(row, `${row.runId}:${index}`, place, piece, inPlace && index === 0 ? shown.id : undefined),
  )
  if (shown === undefined || inPlace) return rows
  return [outboxRow(row, `${row.runId}:preview`, place, undefined, shown.id), ...rows]
}

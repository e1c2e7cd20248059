import { ChannelFailure, type Connection, type Place } from '../port.js'

/**
 * Puts a text into a message that was sent before. Without a text, and where the platform does not let it be changed, the
 * message is taken away. True when it holds the text now. Rejects when another try may help; then nothing is lost by one.
 */
export async function replaced(
  connection: Pick<Connection, 'edit' | 'remove'>,
  place: Place,
  id: string,
  text: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (text !== undefined && (await taken(connection.edit?.(place, id, text, signal)))) return true
  // Refused: somebody else has deleted it.
  await taken(connection.remove?.(place, id, signal))
  return false
}

/** Whether the platform did what it was asked. Undefined: the channel cannot ask. */
async function taken(asked: Promise<void> | undefined): Promise<boolean> {
  try {
    await asked
    return asked !== undefined
  } catch (thrown) {
    if (thrown instanceof ChannelFailure && thrown.kind === 'refused') return false
    throw thrown
  }
}

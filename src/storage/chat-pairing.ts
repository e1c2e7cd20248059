import type { ChatPairingStore } from './chat-pairing-types.js'
import { closeDatabase, openDatabase } from './database.js'
import { GroupCommit } from './group-commit.js'
import { openChatPairing } from './sqlite/chat-pairing.js'

export interface OpenedChatPairing {
  readonly store: ChatPairingStore
  close(): Promise<void>
}

/** Pairing alone, for commands while no gateway runs: what a crash left open stays as it is. Throws `state_unusable`. */
export async function openChatPairingStore(path: string): Promise<OpenedChatPairing> {
  const database = await openDatabase(path)
  const commits = new GroupCommit(database, path)
  return {
    store: openChatPairing(database, commits),
    async close() {
      await commits.close()
      closeDatabase(database)
    },
  }
}

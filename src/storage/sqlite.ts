import { closeDatabase, openDatabase } from './database.js'
import { createDeviceStores } from './device-stores.js'
import { GroupCommit } from './group-commit.js'
import { createAppender } from './sqlite/append.js'
import { openApprovals } from './sqlite/approvals.js'
import { openChannels } from './sqlite/channels.js'
import { openChatPairing } from './sqlite/chat-pairing.js'
import { openCron } from './sqlite/cron.js'
import { openGrants } from './sqlite/grants.js'
import { openHeartbeats } from './sqlite/heartbeats.js'
import { openHooks } from './sqlite/hooks.js'
import { interruptRuns } from './sqlite/interrupt.js'
import { openMemory } from './sqlite/memory.js'
import { openModels } from './sqlite/models.js'
import { openResponses } from './sqlite/responses.js'
import { openRuns } from './sqlite/runs.js'
import { openSessions } from './sqlite/sessions.js'
import { openSpending } from './sqlite/spending.js'
import { openSubagents } from './sqlite/subagents.js'
import { openSystemEvents } from './sqlite/system-events.js'
import { openTranscripts } from './sqlite/transcripts.js'
import type { Appended, Store } from './types.js'

/**
 * The embedded store. `appended` is told of transcript entries once they are on disk. Runs that a crash left open are
 * marked `interrupted` here, once, at open: nothing is replayed silently.
 */
export async function openSqliteStore(path: string, appended: (written: Appended) => void = () => {}): Promise<Store> {
  const database = await openDatabase(path)
  const commits = new GroupCommit(database, path)
  const appender = createAppender(database)
  interruptRuns(database, Date.now())
  return {
    sessions: openSessions(database, commits),
    transcripts: openTranscripts(database, commits, appender, appended),
    runs: openRuns(database, commits, appender, appended),
    subagents: openSubagents(database, commits),
    responses: openResponses(database, commits),
    channels: openChannels(database, commits),
    chatPairing: openChatPairing(database, commits),
    cron: openCron(database, commits),
    heartbeats: openHeartbeats(database, commits),
    spending: openSpending(database, commits),
    hooks: openHooks(database, commits),
    models: openModels(database, commits),
    memory: openMemory(database, commits),
    ...createDeviceStores(database, commits),
    systemEvents: openSystemEvents(database, commits),
    approvals: openApprovals(database, commits),
    grants: openGrants(database, commits),
    async close() {
      await commits.close()
      closeDatabase(database)
    },
  }
}

import { existsSync } from 'node:fs'
import { firstOwner } from '../../channels/_pairing/owner.js'
import { pairingList } from '../../channels/_pairing/view.js'
import { ChatPairing } from '../../channels/pairing.js'
import { configSource } from '../../config/source.js'
import { acquireLocks } from '../../instance/lock.js'
import { systemClock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { openChatPairingStore } from '../../storage/chat-pairing.js'
import type { ChatPairingStore } from '../../storage/types.js'
import type { CommandContext } from '../context.js'
import { localConfig } from '../local-config.js'
import type { PairingDesk } from './desk.js'

/**
 * Works on the database of a gateway that is down. A gateway that holds its lock is not down, only out of reach: then
 * `unreachable` is thrown.
 */
export async function atStore<R>(
  context: CommandContext,
  use: (desk: PairingDesk) => Promise<R>,
  unreachable: GatewayError,
): Promise<R> {
  const { instance } = await localConfig(context)
  // A profile that was never started has nobody to let in, and gets no database by a slip in its name.
  if (!existsSync(instance.paths.database)) return use(await deskOf(context, nobody))
  const held = await acquireLocks(instance).catch((error: unknown) => {
    throw error instanceof GatewayError && error.code === 'lock_held' ? unreachable : error
  })
  try {
    const opened = await openChatPairingStore(instance.paths.database)
    try {
      return await use(await deskOf(context, opened.store))
    } finally {
      await opened.close()
    }
  } finally {
    held.release()
  }
}

async function deskOf(context: CommandContext, store: ChatPairingStore): Promise<PairingDesk> {
  const { instance, config, env } = await localConfig(context)
  const pairing = new ChatPairing({ store, clock: systemClock, profile: instance.profile })
  return {
    via: 'store',
    list: () => pairingList({ current: config, env }, pairing, {}),
    async approve({ requestId, channel, accountId, senderId }, { notify, owner }) {
      const row = await pairing.approveRequest(requestId, { channel, account: accountId })
      return {
        requestId,
        senderId,
        // The gateway would send it, and is down.
        notification: notify ? 'unsupported' : 'not-requested',
        commandOwnerBootstrap: owner
          ? await firstOwner(configSource(instance), instance.version, row)
          : 'not-requested',
      }
    },
    async dismiss({ requestId, channel, accountId }) {
      await pairing.dismissRequest(requestId, { channel, account: accountId })
    },
    remove: ({ channel, accountId, senderId }) => pairing.remove({ channel, account: accountId }, senderId),
  }
}

const nobody: ChatPairingStore = {
  request: async () => undefined,
  pending: async () => [],
  approve: async () => undefined,
  dismiss: async () => undefined,
  allowed: async () => [],
  allAllowed: async () => [],
  remove: async () => false,
}

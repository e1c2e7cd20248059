import {
  ChannelsPairingApproveParams,
  ChannelsPairingApproveResult,
  ChannelsPairingDismissParams,
  ChannelsPairingDismissResult,
  ChannelsPairingListParams,
  ChannelsPairingListResult,
  ChannelsPairingRemoveParams,
  ChannelsPairingRemoveResult,
} from '../../schemas/ws/chat-pairing.js'
import { configSource } from '../../src/config/source.js'
import { family, method } from './_method.js'

export default family({
  'channels.pairing.list': method({
    summary: 'Who wrote to a bot and waits to be let in, and who was',
    scope: 'operator.pairing',
    params: ChannelsPairingListParams,
    result: ChannelsPairingListResult,
    async handler({ runtime }, query) {
      const { pairingList } = await import('../../src/channels/_pairing/view.js')
      return pairingList(runtime.config, runtime.chatPairing, query)
    },
  }),
  'channels.pairing.approve': method({
    summary: 'Lets somebody write directly to a bot',
    description: 'To this account alone, and never in groups.',
    scope: 'operator.pairing',
    scopeFor: ({ bootstrapCommandOwner }) => (bootstrapCommandOwner ? 'operator.admin' : undefined),
    params: ChannelsPairingApproveParams,
    result: ChannelsPairingApproveResult,
    async handler({ runtime, caller, log }, { channel, accountId, requestId, notify, bootstrapCommandOwner }) {
      const { chatPairing, instance, config } = runtime
      const row = await chatPairing.approveRequest(requestId, { channel, account: accountId })
      const { deviceId, user, clientIp } = caller
      log.info({ channel, account: accountId, sender: row.sender, deviceId, user, clientIp }, 'pairing approved')
      let owner: (typeof ChannelsPairingApproveResult)['static']['commandOwnerBootstrap'] = 'not-requested'
      if (bootstrapCommandOwner) {
        const { firstOwner } = await import('../../src/channels/_pairing/owner.js')
        owner = await firstOwner(configSource(instance), instance.version, row)
        if (owner === 'configured') await config.reload()
      }
      const notification = notify ? await chatPairing.notify(row) : 'not-requested'
      return { requestId, senderId: row.sender, notification, commandOwnerBootstrap: owner }
    },
  }),
  'channels.pairing.dismiss': method({
    summary: 'Turns somebody away who waits to be let in',
    description: 'Nobody is told; when he writes again he gets another code.',
    scope: 'operator.pairing',
    params: ChannelsPairingDismissParams,
    result: ChannelsPairingDismissResult,
    async handler({ runtime }, { channel, accountId, requestId }) {
      const row = await runtime.chatPairing.dismissRequest(requestId, { channel, account: accountId })
      return { requestId, senderId: row.sender }
    },
  }),
  'channels.pairing.remove': method({
    summary: 'Takes back that somebody was let in by a code',
    description: 'Allow lists of the config go on holding.',
    scope: 'operator.pairing',
    params: ChannelsPairingRemoveParams,
    result: ChannelsPairingRemoveResult,
    async handler({ runtime, log }, { channel, accountId, senderId }) {
      const removed = await runtime.chatPairing.remove({ channel, account: accountId }, senderId)
      if (removed) log.info({ channel, account: accountId, sender: senderId }, 'pairing taken back')
      return { removed }
    },
  }),
})

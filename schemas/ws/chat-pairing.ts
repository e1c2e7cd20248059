import { stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const id = (description: string) => Type.String({ minLength: 1, maxLength: 512, description })
const time = (description: string) => Type.String({ description: `${description} ISO 8601.` })

const account = { channel: id('Channel id.'), accountId: id('Account of it.') }

const shownAccount = {
  channel: Type.String(),
  channelLabel: Type.String(),
  accountId: Type.String(),
  accountLabel: Type.Optional(Type.String()),
  notifySupported: Type.Boolean({ description: 'The sender can be told that he was let in.' }),
}

export const ChannelsPairingListParams = Type.Object({
  channel: Type.Optional(id('Only this channel.')),
  accountId: Type.Optional(id('Only this account.')),
})

export const ChannelsPairingListResult = Type.Object({
  accounts: Type.Array(Type.Object(shownAccount)),
  requests: Type.Array(
    Type.Object({
      requestId: Type.String(),
      ...shownAccount,
      code: Type.String({ description: 'What the sender was told; `pairing approve` takes it.' }),
      senderId: Type.String(),
      senderLabel: Type.String({ description: 'As the sender names himself.' }),
      createdAt: time('When the code was made.'),
      lastSeenAt: time('When the sender wrote last.'),
      expiresAt: time('Until when it can be approved.'),
    }),
  ),
  allowed: Type.Array(
    Type.Object({
      channel: Type.String(),
      accountId: Type.String(),
      senderId: Type.String(),
      senderLabel: Type.String(),
      approvedAt: time('When he was let in.'),
    }),
    { description: 'Those who were let in by a code.' },
  ),
  commandOwnerConfigured: Type.Boolean({ description: 'commands.ownerAllowFrom names somebody.' }),
  limits: Type.Object({ pendingPerAccount: Type.Integer(), ttlMs: Type.Integer() }),
})

export const ChannelsPairingApproveParams = Type.Object({
  ...account,
  requestId: id('Of channels.pairing.list.'),
  notify: Type.Optional(Type.Boolean({ description: 'Tell the sender.' })),
  bootstrapCommandOwner: Type.Optional(
    Type.Boolean({ description: 'Make him an owner when commands.ownerAllowFrom is empty; takes an admin.' }),
  ),
})

export const ChannelsPairingApproveResult = Type.Object({
  requestId: Type.String(),
  senderId: Type.String(),
  notification: stringEnum(['not-requested', 'sent', 'unsupported', 'failed']),
  commandOwnerBootstrap: stringEnum(['not-requested', 'configured', 'already-configured', 'unavailable']),
})

export const ChannelsPairingDismissParams = Type.Object({ ...account, requestId: id('Of channels.pairing.list.') })

export const ChannelsPairingDismissResult = Type.Object({ requestId: Type.String(), senderId: Type.String() })

export const ChannelsPairingRemoveParams = Type.Object({ ...account, senderId: id('As channels.pairing.list has it.') })

export const ChannelsPairingRemoveResult = Type.Object({ removed: Type.Boolean() })

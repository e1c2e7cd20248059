import type channelsPairing from '../../../routes/ws/channels-pairing.js'
import type { Static } from '../../../schemas/type.js'
import type { ChannelsPairingApproveResult } from '../../../schemas/ws/chat-pairing.js'
import type { PairingList } from '../../channels/_pairing/view.js'
import type { ClientFlags } from '../../client/open.js'
import { GatewayError } from '../../kernel/errors.js'
import type { CommandContext } from '../context.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'

export type PairingRequest = PairingList['requests'][number]
type Approved = Static<typeof ChannelsPairingApproveResult>

/** Where pairing is decided: at the gateway, or at its database while it is down. */
export interface PairingDesk {
  readonly via: 'gateway' | 'store'
  list(): Promise<PairingList>
  approve(request: PairingRequest, wishes: { readonly notify: boolean; readonly owner: boolean }): Promise<Approved>
  dismiss(request: PairingRequest): Promise<void>
  /** False when nobody had let him in. */
  remove(who: { readonly channel: string; readonly accountId: string; readonly senderId: string }): Promise<boolean>
}

const scopes = ['operator.admin', 'operator.pairing']

/**
 * Opens the desk of the gateway; when this profile's own gateway is down, that of its database, and no gateway starts
 * meanwhile. Throws `gateway_unreachable` for every other gateway.
 */
export async function withPairing<R>(
  context: CommandContext,
  flags: ClientFlags,
  use: (desk: PairingDesk) => Promise<R>,
): Promise<R> {
  let reached = false
  try {
    return await withGateway(context, flags, { scopes }, (gateway: GatewayLine<typeof channelsPairing>) => {
      reached = true
      return use(atGateway(gateway))
    })
  } catch (error) {
    const isDown = error instanceof GatewayError && error.code === 'gateway_unreachable'
    if (reached || !isDown || !(await isOwnGateway(context, flags))) throw error
    const { atStore } = await import('./local-desk.js')
    return await atStore(context, use, error)
  }
}

function atGateway(gateway: GatewayLine<typeof channelsPairing>): PairingDesk {
  return {
    via: 'gateway',
    list: async () => (await gateway.call('channels.pairing.list', {})) as PairingList,
    approve: ({ channel, accountId, requestId }, { notify, owner }) =>
      gateway.call('channels.pairing.approve', {
        ...{ channel, accountId, requestId },
        ...(notify && { notify }),
        ...(owner && { bootstrapCommandOwner: true }),
      }),
    async dismiss({ channel, accountId, requestId }) {
      await gateway.call('channels.pairing.dismiss', { channel, accountId, requestId })
    },
    remove: async (who) => (await gateway.call('channels.pairing.remove', who)).removed,
  }
}

/** True when nothing names another gateway than that of this profile on this machine. */
async function isOwnGateway(context: CommandContext, { url, port }: ClientFlags): Promise<boolean> {
  const { settings } = await context.instance()
  if (url !== undefined || port !== undefined || settings.url !== undefined) return false
  const { localConfig } = await import('../local-config.js')
  return (await localConfig(context)).config.gateway?.mode !== 'remote'
}

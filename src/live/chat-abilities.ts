import { channelNames, loadChannel } from '../channels/accounts.js'
import type { Capabilities } from '../channels/port.js'
import { GatewayError } from '../kernel/errors.js'

/** What not every channel can, by the names that clients use. */
export const chatActions = {
  react: ({ reactions }) => reactions === true,
  edit: ({ edits }) => edits === true,
  delete: ({ deletes }) => deletes === true,
  poll: ({ polls }) => polls !== undefined,
  media: ({ media }) => media === true,
  pin: ({ pins }) => pins !== undefined,
  unpin: ({ pins }) => pins !== undefined,
  pins: ({ pins }) => pins === 'list',
  read: ({ reads }) => reads === true,
  members: ({ members }) => members === true,
} as const satisfies Readonly<Record<string, (capabilities: Capabilities) => boolean>>
/** Those that `message.action` does. */
export const messageActions = ['react', 'edit', 'delete', 'pin', 'unpin', 'pins', 'read'] as const
export type ChatAction = keyof typeof chatActions

/** A refusal that names the channels which can. */
export async function unsupported(channel: string, action: string): Promise<GatewayError> {
  const able = Object.hasOwn(chatActions, action) ? await channelsThatCan(action as ChatAction) : undefined
  const others = able === undefined ? `Actions: ${messageActions.join(', ')}.` : `Channels that do: ${able.join(', ')}.`
  return new GatewayError('channel_unsupported', {
    message: `Channel ${channel.slice(0, 50)} does not support action ${action.slice(0, 50)}. ${others}`,
  })
}

async function channelsThatCan(action: ChatAction): Promise<string[]> {
  const found = await Promise.all(
    channelNames().map(async (name) => {
      const channel = await loadChannel(name).catch(() => undefined)
      return channel && chatActions[action](channel.capabilities) ? [name] : []
    }),
  )
  return found.flat()
}

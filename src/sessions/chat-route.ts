import type { Store } from '../storage/types.js'

/** No account of a channel has this name: what is kept here is of the gateway itself. */
export const noAccount = { channel: '*', account: '*' } as const

export const chatRoutePrefix = 'route:'

/** Under which name the place is kept that news of a session go to. */
export const chatRouteName = (sessionKey: string) => `${chatRoutePrefix}${sessionKey}`

/** Whether somebody has spoken to the session from a chat. */
export async function hasChat({ channels }: Pick<Store, 'channels'>, sessionKey: string): Promise<boolean> {
  return (await channels.memory(noAccount, chatRouteName(sessionKey))) !== undefined
}

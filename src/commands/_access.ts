import type { Config } from '../../schemas/config/index.js'
import type { RunCaller } from '../agents/caller.js'
import type { ChatCommand } from './_types.js'

interface Who {
  readonly caller: RunCaller
  readonly channel: string
}

/** Whether this caller may use the command under the config of this moment. */
export function mayUse({ access, flag }: ChatCommand, { caller, channel }: Who, { commands }: Config): boolean {
  if (flag !== undefined && !(commands?.[flag] ?? flag === 'restart')) return false
  const { owner, sender } = caller
  if (owner) return true
  if (sender && !listed(commands?.allowFrom, channel, sender.id)) return false
  if (access === 'approver') return caller.approves === true
  return access === 'anyone' || (access === 'admin' && sender !== undefined)
}

/** `commands.allowFrom`, once it is written, is the only list of who may use commands in a channel. */
function listed(
  lists: Readonly<Record<string, readonly (string | number)[] | undefined>> | undefined,
  channel: string,
  sender: string | undefined,
): boolean {
  if (!lists) return true
  const allowed = [...(lists[channel] ?? []), ...(lists['*'] ?? [])].map(String)
  return allowed.includes('*') || (sender !== undefined && allowed.includes(sender))
}

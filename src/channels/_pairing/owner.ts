import { editConfig } from '../../config/edit.js'
import { loadConfig } from '../../config/load.js'
import type { ConfigSource } from '../../config/types.js'
import { GatewayError } from '../../kernel/errors.js'
import type { ChatPairingRow } from '../../storage/types.js'
import { hasOwner } from './view.js'

export type OwnerBootstrap = 'configured' | 'already-configured' | 'unavailable'

/**
 * Makes the first who is let in an owner: with no one in `commands.ownerAllowFrom`, nobody could use the commands of
 * owners. Looks and writes as one step: of two at once, one wins. `unavailable`: the config cannot be written.
 */
export async function firstOwner(
  source: ConfigSource,
  version: string,
  { channel, sender }: Pick<ChatPairingRow, 'channel' | 'sender'>,
): Promise<OwnerBootstrap> {
  const loaded = await loadConfig(source)
  if (!loaded.ok) return 'unavailable'
  if (hasOwner(loaded.config)) return 'already-configured'
  const edit = { op: 'set', path: 'commands.ownerAllowFrom', value: [`${channel}:${sender}`] } as const
  try {
    await editConfig(source, [edit], { expectHash: loaded.hash, version })
    return 'configured'
  } catch (error) {
    if (error instanceof GatewayError) return 'unavailable'
    throw error
  }
}

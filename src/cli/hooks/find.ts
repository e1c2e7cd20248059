import { type HookLine, hookLines } from '../../automation/hooks/overview.js'
import type { CommandContext } from '../context.js'
import { localConfig } from '../local-config.js'
import { usageError } from '../usage.js'

/** The hooks of this name or id. Throws `usage` when there is none. */
export async function hooksNamed(context: CommandContext, name: string): Promise<HookLine[]> {
  const { config } = await localConfig(context)
  const found = hookLines(config).filter((line) => line.name === name || line.id === name)
  if (found.length === 0) throw usageError(context.t('hooks.unknown', { name }), 'hooks list')
  return found
}

/** The key that turns one hook on and off. Throws `usage` for one that has none. */
export async function switchOf(context: CommandContext, name: string): Promise<string[]> {
  const found = await hooksNamed(context, name)
  if (found.some(({ source }) => source.startsWith('hooks.internal.'))) {
    return ['hooks', 'internal', 'entries', name, 'enabled']
  }
  throw usageError(context.t('hooks.noSwitch', { name }), 'config set hooks.enabled')
}

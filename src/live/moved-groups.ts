import type { Account } from '../channels/port.js'
import { configSource } from '../config/source.js'
import type { ConfigView } from '../config/view.js'
import type { Instance } from '../instance/types.js'
import type { Logger } from '../kernel/logger.js'

export interface MovedGroupsInput {
  readonly instance: Instance
  readonly config: Pick<ConfigView, 'current' | 'reload'>
  readonly log: Logger
}

interface Keys {
  readonly groups?: Readonly<Record<string, unknown>>
  readonly accounts?: Readonly<Record<string, Keys | undefined>>
}

/**
 * A group has another id now: what the config says of it goes along, unless `configWrites` is false (spec/runtime.md
 * 2.1). Throws what `editConfig` throws.
 */
export async function groupMoved(input: MovedGroupsInput, account: Account, from: string, to: string): Promise<void> {
  const { instance, config, log } = input
  const { channel, id, keys } = account
  const about = { channel, account: id, from, to }
  const section = (config.current.channels as Readonly<Record<string, Keys | undefined>> | undefined)?.[channel]
  const places = [
    { path: ['channels', channel, 'accounts', id, 'groups'], groups: section?.accounts?.[id]?.groups },
    { path: ['channels', channel, 'groups'], groups: section?.groups },
  ]
  const place = places.find(({ groups }) => groups && Object.hasOwn(groups, from) && !Object.hasOwn(groups, to))
  if (!place) return
  if (keys.configWrites === false) {
    log.warn(about, 'a group has moved, and its settings do not go along: configWrites is false')
    return
  }
  const { editConfig } = await import('../config/edit.js')
  const move = { op: 'move', path: [...place.path, from], to: [...place.path, to] } as const
  await editConfig(configSource(instance), [move], { version: instance.version })
  log.info(about, 'a group has moved; its settings go along')
  await config.reload()
}

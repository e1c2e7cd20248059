import { isTree } from '../tree.js'
import type { Migration } from './migration.js'

/** `routing`, `web`, `channels.*.heartbeat`, `dm.policy`, `streamMode` (spec/config.md section 2.4). */
export function migrateChannels(migration: Migration): void {
  migration.move(['channels', 'qq'], ['channels', 'qqbot'])
  migrateRouting(migration)
  migration.move(['web', 'enabled'], ['channels', 'whatsapp', 'enabled'])
  for (const key of ['heartbeatSeconds', 'reconnect', 'whatsapp'])
    migration.move(['web', key], ['channels', 'whatsapp', 'web', key])
  dropEmpty(migration, 'web')
  for (const [id] of migration.objectsIn(['channels'])) {
    migrateChannel(migration, ['channels', id])
    for (const [account] of migration.objectsIn(['channels', id, 'accounts'])) {
      migrateChannel(migration, ['channels', id, 'accounts', account])
    }
  }
}

function migrateChannel(migration: Migration, channel: string[]): void {
  migration.move([...channel, 'heartbeat'], [...channel, 'heartbeatVisibility'])
  migration.move([...channel, 'dm', 'policy'], [...channel, 'dmPolicy'])
  migration.move([...channel, 'dm', 'allowFrom'], [...channel, 'allowFrom'])
  migrateStreaming(migration, channel)
}

/** It was a switch first, then `streamMode` (spec/runtime.md 0). */
function migrateStreaming(migration: Migration, channel: string[]): void {
  const streaming = migration.get([...channel, 'streaming'])
  if (typeof streaming === 'boolean') migration.rewrite([...channel, 'streaming'], streaming ? 'partial' : 'off')
  const home = isTree(streaming) ? ['streaming', 'mode'] : ['streaming']
  migration.move([...channel, 'streamMode'], [...channel, ...home])
}

/** Groups stood in one place for these channels. */
const mentionChannels = ['whatsapp', 'telegram', 'imessage']

function migrateRouting(migration: Migration): void {
  migration.move(['routing', 'allowFrom'], ['channels', 'whatsapp', 'allowFrom'])
  const requireMention = ['routing', 'groupChat', 'requireMention']
  const value = migration.get(requireMention)
  if (value !== undefined) {
    const present = mentionChannels.filter((id) => isTree(migration.get(['channels', id])))
    const [first = 'whatsapp', ...others] = present
    for (const id of others)
      migration.put(value, requireMention, ['channels', id, 'groups', '*', 'requireMention'], false)
    migration.move(requireMention, ['channels', first, 'groups', '*', 'requireMention'], false)
  }
  for (const key of ['historyLimit', 'mentionPatterns'])
    migration.move(['routing', 'groupChat', key], ['messages', 'groupChat', key])
  dropEmpty(migration, 'routing', 'groupChat')
  migration.move(['routing', 'queue'], ['messages', 'queue'])
  migration.move(['routing', 'transcribeAudio'], ['audio', 'transcription'])
  dropEmpty(migration, 'routing')
}

/** Takes a section out when all of its keys have moved; what is left over is reported as unknown. */
function dropEmpty(migration: Migration, ...path: string[]): void {
  const section = migration.get(path)
  if (isTree(section) && Object.keys(section).length === 0) migration.take(path)
}

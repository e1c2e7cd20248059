import type { ConnectClient } from '../../schemas/ws/connect.js'
import type { Instance } from '../instance/types.js'

const families: Readonly<Partial<Record<NodeJS.Platform, string>>> = Object.freeze({
  linux: 'Linux',
  darwin: 'macOS',
  win32: 'Windows',
})

/** What the command line says of itself to a gateway; the official one says the same (spec/protocol.md 7.1). */
export function persona({ version, id }: Pick<Instance, 'version' | 'id'>): ConnectClient {
  const { platform } = process
  const deviceFamily = families[platform]
  return { id: 'cli', mode: 'cli', version, platform, instanceId: id, ...(deviceFamily && { deviceFamily }) }
}

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BufferJSON, initAuthCreds } from 'baileys'
import type { Test } from 'tap'
import { Outbox, outboxRow } from '../../../src/channels/deliver/outbox.js'
import { ChannelManager } from '../../../src/channels/manager.js'
import type { Inbound, Outbound, Place } from '../../../src/channels/port.js'
import { whatsappOver } from '../../../src/channels/whatsapp/channel.js'
import type { Library } from '../../../src/channels/whatsapp/library.js'
import { type Clock, systemClock } from '../../../src/kernel/clock.js'
import { silentLogger } from '../../../src/kernel/logger.js'
import { openSqliteStore } from '../../../src/storage/sqlite.js'
import { until } from '../../helper/calls.js'
import { testConfig, testInstance } from '../../helper/gateway.js'
import { bot, Phone } from './phone.js'

export const direct: Place = { kind: 'direct', id: '+491701111111' }

interface Options {
  readonly linked?: boolean
  readonly keys?: Readonly<Record<string, unknown>>
  readonly library?: (own: Library) => Library
  readonly clock?: Clock
}

/** One account as the gateway runs it: manager, lease, outbox and store are real; the library has nobody behind it. */
export async function stage(
  t: Test,
  { linked = true, keys = {}, library = (own) => own, clock = systemClock }: Options = {},
) {
  const phone = new Phone()
  const instance = await testInstance(t, testConfig())
  const folder = join(instance.paths.credentials, 'whatsapp', 'default')
  if (linked) link(folder)
  const store = await openSqliteStore(join(instance.paths.state, 'test.db'))
  const outbox = new Outbox({ store: store.channels, clock: systemClock, log: silentLogger })
  await outbox.open()
  const received: Inbound[] = []
  const manager = new ChannelManager({
    ...{ instance, store, clock, log: silentLogger, outbox },
    config: () => ({}),
    menu: () => [],
    receive: async (_account, message) => void received.push(message),
    recover: async () => {},
  })
  t.teardown(async () => {
    await manager.close()
    await outbox.close()
    await store.close()
  })
  const channel = whatsappOver(async () => library(phone.library))
  const account = { channel: 'whatsapp', id: 'default', keys, path: 'channels.whatsapp' }
  await manager.reconcile([{ account, channel }])
  const state = () => manager.state('whatsapp', 'default')
  const connection = () => manager.connection('whatsapp', 'default')
  let count = 0
  const send = async (place: Place, message: Omit<Outbound, 'key'>) => {
    count += 1
    await outbox.put([outboxRow({ channel: 'whatsapp', account: 'default' }, `k${count}`, place, message)])
  }
  /** The account is there. */
  const up = async () => {
    const socket = await phone.socket(1)
    socket.open()
    return socket
  }
  const heard = async (size: number) => {
    await until(() => received.length >= size)
    return received
  }
  return { phone, instance, folder, manager, received, state, connection, send, up, heard, store }
}

/** The files of a login that stands. */
export function link(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const creds = { ...initAuthCreds(), me: { id: bot.id, lid: bot.lid }, account: { details: Buffer.from('x') } }
  writeFileSync(join(folder, 'creds.json'), JSON.stringify(creds, BufferJSON.replacer), { mode: 0o600 })
}

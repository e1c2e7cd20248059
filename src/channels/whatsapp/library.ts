import type { AuthenticationCreds, AuthenticationState, proto, UserFacingSocketConfig, WASocket } from 'baileys'
import type { Logger } from '../../kernel/logger.js'

/** What is used of a socket of the library; tests bring one that nobody is behind. */
export type Socket = Pick<
  WASocket,
  | 'ev'
  | 'sendMessage'
  | 'sendPresenceUpdate'
  | 'readMessages'
  | 'requestPairingCode'
  | 'groupFetchAllParticipating'
  | 'groupMetadata'
  | 'logout'
  | 'end'
> & {
  readonly user?: WASocket['user']
  readonly signalRepository: { readonly lidMapping: Pick<WASocket['signalRepository']['lidMapping'], 'getPNForLID'> }
}

export interface MediaFacts {
  readonly mediaKey: Uint8Array
  readonly directPath: string
}
export type MediaKind = 'image' | 'audio' | 'video' | 'document' | 'sticker'

/** The part of Baileys that the channel stands on. */
export interface Library {
  makeSocket(config: UserFacingSocketConfig): Socket
  newCreds(): AuthenticationCreds
  toJson(value: unknown): string
  fromJson(text: string): unknown
  syncKey(value: object): proto.Message.AppStateSyncKeyData
  download(facts: MediaFacts, kind: MediaKind, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
}

export type { AuthenticationState }

/** Reads Baileys, which takes its time: only a gateway with this channel does. Throws when it is not installed. */
export async function loadLibrary(): Promise<Library> {
  const baileys = await import('baileys')
  const { BufferJSON } = baileys
  return {
    makeSocket: (config) => baileys.makeWASocket(config),
    newCreds: baileys.initAuthCreds,
    toJson: (value) => JSON.stringify(value, BufferJSON.replacer),
    fromJson: (text) => JSON.parse(text, BufferJSON.reviver),
    syncKey: (value) => baileys.proto.Message.AppStateSyncKeyData.fromObject(value),
    // Without `url`: its host would be the sender's choice.
    download: (facts, kind, signal) => baileys.downloadContentFromMessage(facts, kind, { options: { signal } }),
  }
}

/** The library says much, and its records hold keys and texts of people: only that something failed is passed on. */
export function quietLogger(log: Logger): UserFacingSocketConfig['logger'] & object {
  const told = (details: unknown, message?: string) => {
    const text = message ?? (typeof details === 'string' ? details : 'it says no more')
    log.debug({ channel: 'whatsapp' }, `baileys: ${text.slice(0, 200)}`)
  }
  const quiet = { level: 'warn', trace() {}, debug() {}, info() {}, warn: told, error: told, child: () => quiet }
  return quiet
}

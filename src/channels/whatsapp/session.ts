import type { WAMessage } from 'baileys'
import type { Host } from '../port.js'
import type { AuthFolder } from './auth.js'
import { type Closed, closedBy } from './closed.js'
import { type Library, quietLogger, type Socket } from './library.js'
import type { RecentMessages } from './recent.js'

/** The library waits for ever for some servers that do not take its socket. */
const connectMs = 60_000

export interface SessionOptions {
  readonly library: Library
  readonly auth: AuthFolder
  readonly host: Host
  readonly recent: RecentMessages
}

export interface Heard {
  opened(socket: Socket): void
  qr(socket: Socket, text: string): void
  /** `late`: it came while nobody was connected. */
  message(socket: Socket, message: WAMessage, late: boolean): void
}

/** One socket, from its opening to its end. Gives why it ended; when the signal aborts it is closed first. */
export async function session(
  { library, auth, host, recent }: SessionOptions,
  heard: Heard,
  signal: AbortSignal,
): Promise<Closed> {
  const socket = library.makeSocket({
    auth: auth.state,
    logger: quietLogger(host.log),
    browser: ['openclaw', 'Chrome', '1.0'],
    // Else the phone itself would show no notifications any more.
    markOnlineOnConnect: false,
    syncFullHistory: false,
    // A phone that could not read a message asks for it again.
    getMessage: async ({ id }) => recent.get(id)?.message ?? undefined,
  })
  let patience = () => {}
  let release = () => {}
  const saving = new Set<Promise<void>>()
  const save = () => {
    const done = auth
      .save()
      .catch((err: unknown) => host.log.error({ err, channel: 'whatsapp' }, 'the login could not be written'))
      .finally(() => saving.delete(done))
    saving.add(done)
  }
  try {
    return await new Promise<Closed>((resolve) => {
      const stop = () => {
        socket.end(undefined)
        resolve({ code: 0, text: 'stopped' })
      }
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      patience = host.clock.after(connectMs, () => {
        socket.end(undefined)
        resolve({ code: 408, text: 'no connection' })
      })
      release = () => signal.removeEventListener('abort', stop)
      socket.ev.on('creds.update', save)
      socket.ev.on('messages.upsert', ({ messages, type }) => {
        for (const message of messages) heard.message(socket, message, type === 'append')
      })
      socket.ev.on('connection.update', ({ connection, qr, lastDisconnect }) => {
        if (qr !== undefined || connection === 'open' || connection === 'close') patience()
        if (qr !== undefined) heard.qr(socket, qr)
        if (connection === 'open') heard.opened(socket)
        if (connection === 'close') resolve(closedBy(lastDisconnect?.error))
      })
    })
  } finally {
    patience()
    release()
    for (const event of ['creds.update', 'messages.upsert', 'connection.update'] as const) {
      socket.ev.removeAllListeners(event)
    }
    // The next socket reads what this one has written.
    await Promise.all(saving)
    await auth.settled()
  }
}

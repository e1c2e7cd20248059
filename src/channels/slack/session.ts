import type { SocketModeClient } from '@slack/socket-mode'
import { ChannelFailure, type Host } from '../port.js'
import { failureOf } from './api.js'

/** From the request for an address to Slack's hello. */
const helloMs = 30_000
const closeMs = 5_000

export interface Envelope {
  readonly type: string
  // biome-ignore lint/suspicious/noExplicitAny: what Slack sends
  readonly body: any
  readonly ack: (response?: Record<string, unknown>) => Promise<void>
}

export interface SessionOptions {
  readonly client: SocketModeClient
  readonly host: Host
  readonly up: () => void
  readonly take: (envelope: Envelope) => Promise<void>
}

/**
 * One socket, from the request for its address until Slack or the signal ends it. The library's own reconnect is not
 * used: when it fails, nobody is told, and a rejection stays unhandled.
 */
export async function runSession({ client, host, up, take }: SessionOptions, signal: AbortSignal): Promise<void> {
  let last: Promise<void> = Promise.resolve()
  const onEvent = (envelope: Envelope) => {
    // In order, and told to Slack only when it is kept; what is not told comes again.
    last = last.then(() => take(envelope)).catch((err: unknown) => host.log.error({ err }, 'slack: an event is left'))
  }
  client.on('slack_event', onEvent)
  let end = () => {}
  try {
    await new Promise<void>((resolve, reject) => {
      const late = host.clock.after(helloMs, () => reject(new ChannelFailure('network', 'socket mode: no hello')))
      end = () => {
        late()
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
      client.once('disconnected', end)
      client.start().then(
        () => {
          late()
          up()
        },
        (thrown: unknown) => {
          late()
          const lost = new ChannelFailure('network', 'socket mode: the socket was closed before the hello')
          reject(thrown === undefined ? lost : failureOf('apps.connections.open', thrown))
        },
      )
    })
    await last
  } finally {
    signal.removeEventListener('abort', end)
    client.off('disconnected', end)
    client.off('slack_event', onEvent)
    await endSocket(client, host)
  }
}

/** A peer that does not answer the close is left after a while: the second call cuts the socket. */
async function endSocket(client: SocketModeClient, host: Host): Promise<void> {
  // An address that was asked for may still come, and the library would open a socket to it.
  client.once('connected', () => void client.disconnect())
  await new Promise<void>((resolve) => {
    const cancel = host.clock.after(closeMs, () => {
      void client.disconnect()
      resolve()
    })
    const done = () => {
      cancel()
      resolve()
    }
    client.disconnect().then(done, done)
  })
}

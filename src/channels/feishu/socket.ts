import { loadLibrary } from '../_library.js'
import { ChannelFailure } from '../port.js'

const handshakeTimeoutMs = 15_000
/** Seconds without an answer to a ping. */
const pingTimeout = 15

export interface LongConnectionOptions {
  readonly root: string
  readonly appId: string
  readonly appSecret: string
  readonly signal: AbortSignal
  readonly opened: () => void
  readonly take: (event: object) => Promise<void>
}

/** The platform's long connection, through its library, which connects again by itself. Until the signal aborts. */
export async function followEvents(options: LongConnectionOptions): Promise<void> {
  const { root: domain, appId, appSecret, signal, opened, take } = options
  const { EventDispatcher, WSClient } = await loadLibrary(
    '@larksuiteoapi/node-sdk',
    () => import('@larksuiteoapi/node-sdk'),
  )
  // It logs messages, and addresses with tickets in them.
  const logger = { error: quiet, warn: quiet, info: quiet, debug: quiet, trace: quiet }
  const eventDispatcher = new EventDispatcher({ logger }).register({
    'im.message.receive_v1': async (event: object) => {
      // The answer to the platform: the message is on disk.
      await take(event)
    },
  })
  let fail: (error: Error) => void = quiet
  let stop: () => void = quiet
  const ended = new Promise<void>((resolve, reject) => {
    fail = ({ message }) => reject(new ChannelFailure('network', message.slice(0, 300)))
    stop = resolve
  })
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const client = new WSClient({
    ...{ appId, appSecret, domain, logger, handshakeTimeoutMs, wsConfig: { pingTimeout } },
    ...{ onReady: opened, onReconnected: opened, onError: (error: Error) => fail(error) },
  })
  try {
    // It may fail while it starts.
    await Promise.all([client.start({ eventDispatcher }), ended])
  } finally {
    signal.removeEventListener('abort', stop)
    client.close({ force: true })
  }
}

function quiet(): void {}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { ChannelFailure } from '../port.js'

const requestMs = 10_000
const maxBytes = 1024 ** 2

export interface ListenerOptions {
  readonly host?: string
  readonly port: number
  readonly signal: AbortSignal
  /** Called when it listens. What it rejects with ends the listener. */
  readonly opened: () => Promise<void> | void
  /** What it rejects with becomes a 500: the platform hands the same in again. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/** Listens for what a proxy hands on, until the signal aborts. Rejects with a `ChannelFailure` when the port is taken. */
export async function listen({ host = '127.0.0.1', port, signal, opened, answer }: ListenerOptions): Promise<void> {
  const server = createServer({ requestTimeout: requestMs }, (request, response) => {
    answer(request, response).catch(() => reply(response, 500, {}))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use: set webhookPort' : `cannot be listened on: ${error.code}`
      reject(new ChannelFailure('network', `port ${port} ${why}`))
    })
    server.listen(port, host, resolve)
  })
  try {
    await opened()
    if (signal.aborted) return
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** The body as text; undefined when it is larger than 1 MB. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    bytes += (part as Buffer).byteLength
    if (bytes > maxBytes) return undefined
    parts.push(part as Buffer)
  }
  return Buffer.concat(parts).toString('utf8')
}

export function reply(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

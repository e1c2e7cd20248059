import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A local server and what it saw. */
export interface WebServer {
  readonly port: number
  readonly seen: IncomingMessage[]
  /** Connections so far. */
  connections: number
}

interface Owner {
  teardown(run: () => unknown): unknown
}

/** A server of this test on a local address. */
export async function serveWeb(
  t: Owner,
  answer: RequestListener,
  { port = 0, host = '127.0.0.1' }: { readonly port?: number; readonly host?: string } = {},
): Promise<WebServer> {
  const web = { port: 0, seen: [] as IncomingMessage[], connections: 0 }
  const server = createServer((request, response) => {
    web.seen.push(request)
    answer(request, response)
  })
  server.on('connection', () => {
    web.connections += 1
  })
  await new Promise<void>((resolve) => server.listen(port, host, resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return Object.assign(web, { port: (server.address() as AddressInfo).port })
}

/** All of a request's body. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

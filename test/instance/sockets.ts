import { once } from 'node:events'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A raw client: says bytes, collects bytes. */
export interface RawClient {
  readonly socket: Socket
  write(text: string): void
  /** Waits until what came matches, and gives all of it. Rejects when the connection ends before. */
  until(pattern: RegExp): Promise<string>
  /** Waits until the other side has closed, and gives all of it. */
  ended(): Promise<string>
}

export async function rawClient(t: Test, port: number, host = '127.0.0.1'): Promise<RawClient> {
  const socket = connect({ port, host })
  t.teardown(() => socket.destroy())
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let text = ''
  let over = false
  const waiting = new Set<() => void>()
  const wake = () => {
    for (const look of waiting) look()
  }
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    wake()
  })
  socket.on('close', () => {
    over = true
    wake()
  })
  const wait = (done: () => boolean) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (!done() && !over) return
        waiting.delete(look)
        if (done()) resolve(text)
        else reject(new Error(`the connection ended after: ${text}`))
      }
      waiting.add(look)
      look()
    })
  return {
    socket,
    write: (bytes) => void socket.write(bytes, 'latin1'),
    until: (pattern) => wait(() => pattern.test(text)),
    ended: () => wait(() => over),
  }
}

/** True when something accepts connections there. */
export function accepts(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** Lets a server listen on a port of the system's choice, until the test ends. */
export async function portOf(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  // What `listen` with a port gives (node:net).
  return (server.address() as AddressInfo).port
}

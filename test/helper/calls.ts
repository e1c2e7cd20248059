import { connect, type Socket } from 'node:net'
import { bearer } from './gateway.js'

/** What tests need of a gateway that listens. */
interface Listening {
  readonly url: string
  readonly port: number
}

export const hello = { messages: [{ role: 'user', content: 'hi' }] }

/** Asks for one chat completion; `body` is laid over a message that says hi. */
export function postChat(
  gateway: Listening,
  body: object = {},
  init: { signal?: AbortSignal } = {},
): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...bearer, 'content-type': 'application/json' },
    body: JSON.stringify({ ...hello, ...body }),
    ...init,
  })
}

/** The same request as it stands on the wire. */
export function chatOnWire(body: object = {}): string {
  const text = JSON.stringify({ ...hello, ...body })
  const head = ['POST /v1/chat/completions HTTP/1.1', 'Host: 127.0.0.1', `Authorization: ${bearer.authorization}`]
  head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(text)}`)
  return `${head.join('\r\n')}\r\n\r\n${text}`
}

export interface Wire {
  readonly socket: Socket
  /** Everything received so far. */
  readonly text: () => string
  /** Resolves when the connection is gone. */
  readonly closed: Promise<void>
}

/** A bare connection that has sent `text`. The caller ends it. */
export function openWire(gateway: Listening, text: string): Wire {
  const socket = connect(gateway.port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk
  })
  socket.on('error', () => {})
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(text)
  return { socket, text: () => received, closed }
}

/** Turns that run or wait, as the gateway itself counts them. */
export async function activeTurns(gateway: Listening): Promise<number> {
  const response = await fetch(`${gateway.url}/readyz`)
  const { turns } = (await response.json()) as { turns: { active: number } }
  return turns.active
}

/** Waits until it is so; throws when it is not in time. */
export async function until(what: () => boolean | Promise<boolean>, withinMs = 5_000): Promise<void> {
  for (let tries = 0; tries < withinMs / 10; tries += 1) {
    if (await what()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`it did not happen within ${withinMs / 1000} s`)
}

import { createDecipheriv, createHash } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { equalDigests, secretDigest } from '../../kernel/safe-equal.js'
import { bodyOf, listen, reply } from '../_http/listener.js'

export interface WebhookOptions {
  readonly port: number
  readonly path: string
  readonly verificationToken: string | undefined
  readonly encryptKey: string | undefined
  readonly signal: AbortSignal
  readonly opened: () => void
  /** Called for each event that is proven to be the platform's; the platform hears `ok` once it resolves. */
  readonly take: (type: string, event: object) => Promise<void>
}

/** Listens on loopback for what a proxy hands on, until the signal aborts. */
export function listenForEvents(options: WebhookOptions): Promise<void> {
  const { port, signal, opened } = options
  return listen({ port, signal, opened, answer: (request, response) => answer(request, response, options) })
}

async function answer(request: IncomingMessage, response: ServerResponse, options: WebhookOptions): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (request.method !== 'POST' || pathname !== options.path) return reply(response, 404, {})
  const raw = await bodyOf(request)
  if (raw === undefined) return reply(response, 413, {})
  const event = eventOf(raw, request.headers, options)
  if (!event) return reply(response, 401, {})
  if (event.type === 'url_verification') return reply(response, 200, { challenge: event.challenge })
  await options.take(String(event.header?.event_type ?? ''), event.event ?? {})
  reply(response, 200, {})
}

interface Posted {
  readonly type?: string
  readonly challenge?: string
  readonly token?: string
  readonly header?: { readonly event_type?: string; readonly token?: string }
  readonly event?: object
}

/** What was posted; undefined when it is not proven to be the platform's. */
function eventOf(raw: string, headers: IncomingHttpHeaders, options: WebhookOptions): Posted | undefined {
  const { encryptKey, verificationToken } = options
  try {
    const outer = JSON.parse(raw)
    if (encryptKey !== undefined && typeof outer.encrypt !== 'string') return undefined
    const posted: Posted = encryptKey === undefined ? outer : JSON.parse(decrypted(outer.encrypt, encryptKey))
    const token = posted.header?.token ?? posted.token ?? ''
    if (verificationToken !== undefined && !safeEqual(token, verificationToken)) return undefined
    // The address is checked by an unsigned request; who can encrypt it knows the key.
    const signed = encryptKey === undefined || posted.type === 'url_verification' || isSigned(raw, headers, encryptKey)
    return signed ? posted : undefined
  } catch {
    return undefined
  }
}

function isSigned(raw: string, headers: IncomingHttpHeaders, key: string): boolean {
  const of = (name: string) => String(headers[`x-lark-${name}`] ?? '')
  const digest = createHash('sha256').update(`${of('request-timestamp')}${of('request-nonce')}${key}${raw}`)
  return safeEqual(of('signature'), digest.digest('hex'))
}

/** AES-256-CBC; the key is a hash of the given one, the first block the vector (open.feishu.cn, "Encrypt Key"). */
function decrypted(text: string, key: string): string {
  const bytes = Buffer.from(text, 'base64')
  const decipher = createDecipheriv('aes-256-cbc', createHash('sha256').update(key).digest(), bytes.subarray(0, 16))
  return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8')
}

const safeEqual = (a: string, b: string) => equalDigests(secretDigest(a), secretDigest(b))

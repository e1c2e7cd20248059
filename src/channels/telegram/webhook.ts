import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Update } from 'telegraf/types'
import { sleep } from '../../kernel/clock.js'
import { equalDigests, secretDigest } from '../../kernel/safe-equal.js'
import { bodyOf, listen, reply } from '../_http/listener.js'
import { ChannelFailure } from '../port.js'
import type { TelegramApi } from './api.js'
import { limited, type UpdateSource } from './source.js'
import { wantedUpdates } from './updates.js'

/** Where updates come to. */
export interface Webhook {
  /** What Telegram is told; a proxy hands it on to the other three. */
  readonly url: string
  readonly secret: string
  readonly host: string
  readonly port: number
  readonly path: string
}

/** Nothing is heard when somebody else takes the webhook: it is looked for so often, in milliseconds. */
const lookMs = 300_000

/** Updates by webhook: each is told to be taken only when it is on disk. On stop the webhook stays set: Telegram waits. */
export async function followWebhook(source: UpdateSource & { readonly webhook: Webhook }): Promise<void> {
  const { api, signal, opened, webhook } = source
  const over = new AbortController()
  const digest = secretDigest(webhook.secret)
  let lost: unknown
  await listen({
    ...{ host: webhook.host, port: webhook.port, signal: AbortSignal.any([signal, over.signal]) },
    opened: async () => {
      // Several at once would come in any order.
      const wish = { max_connections: 1, allowed_updates: [...wantedUpdates], drop_pending_updates: false }
      await api.call('setWebhook', { url: webhook.url, secret_token: webhook.secret, ...wish }, limited(signal))
      await opened()
      void watch(source).catch((error: unknown) => {
        lost = error
        over.abort()
      })
    },
    answer: (request, response) => answer(request, response, source, digest),
  })
  if (lost !== undefined && !signal.aborted) throw lost
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { host, take, webhook }: UpdateSource & { readonly webhook: Webhook },
  secret: Buffer,
): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (request.method === 'GET' && pathname === '/healthz') return reply(response, 200, { ok: true })
  if (request.method !== 'POST' || pathname !== webhook.path) return reply(response, 404, {})
  const shown = secretDigest(String(request.headers['x-telegram-bot-api-secret-token'] ?? ''))
  // Before a byte of the body is read: nobody else may send a megabyte.
  if (!equalDigests(shown, secret)) return reply(response, 401, {})
  const raw = await bodyOf(request)
  if (raw === undefined) return reply(response, 413, {})
  const update = updateOf(raw)
  if (!update) return reply(response, 400, {})
  host.alive()
  await take(update)
  reply(response, 200, {})
}

function updateOf(raw: string): Update | undefined {
  try {
    const update = JSON.parse(raw)
    return typeof update?.update_id === 'number' ? update : undefined
  } catch {
    return undefined
  }
}

/** Rejects with `conflict` when updates go elsewhere. */
async function watch({ api, host, signal, webhook }: UpdateSource & { readonly webhook: Webhook }): Promise<void> {
  for (;;) {
    await sleep(host.clock, lookMs, signal).catch(() => {})
    if (signal.aborted) return
    const info = await api.call('getWebhookInfo', {} as never, limited(signal)).catch(() => undefined)
    if (info && info.url !== webhook.url) throw new ChannelFailure('conflict', goneWords)
  }
}

const goneWords = 'the webhook of this bot is no longer set: somebody else polls with its token, or has set another one'

/** What Telegram says of the webhook; undefined when all is well. Rejects with a `ChannelFailure`. */
export async function webhookTrouble(
  api: TelegramApi,
  { url }: Webhook,
  signal: AbortSignal,
): Promise<string | undefined> {
  const info = await api.call('getWebhookInfo', {} as never, signal)
  if (info.url !== url) return goneWords
  // Old errors stay there; what waits is what counts.
  const waits = info.pending_update_count > 0 ? info.last_error_message : undefined
  return waits === undefined ? undefined : `Telegram cannot deliver to ${new URL(url).host}: ${waits}`
}

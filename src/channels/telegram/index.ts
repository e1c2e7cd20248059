import { lstat, readFile } from 'node:fs/promises'
import { type Account, ChannelFailure, defineChannel, type Host } from '../port.js'
import { officialRoot, TelegramApi } from './api.js'
import { TelegramConnection } from './connection.js'
import type { MenuEntry, MenuKeys } from './menu.js'
import { normaliseTelegram } from './normalise.js'
import { pollLimits } from './poll.js'
import type { Webhook } from './webhook.js'

/** Bot API: 4096 characters after the markup is read; some room for what closes a fence. */
const textLimit = 4000

export default defineChannel({
  label: 'Telegram',
  capabilities: {
    textLimit,
    counts: 'visible',
    edits: true,
    deletes: true,
    editMs: 1_000,
    growth: 'partial',
    blocks: { byDefault: true },
    media: true,
    captions: 1024,
    pins: 'list',
    polls: pollLimits,
    typing: true,
    typingMs: 4_500,
    reactions: true,
    threads: true,
    burst: { quietMs: 300, pasteChars: 4_000, pasteMs: 1_500 },
  },
  needs: [['botToken'], ['tokenFile']],
  credential: ({ keys }) => text(keys.tokenFile) ?? text(keys.botToken),
  kindOf: (id) => (id.startsWith('-') ? 'group' : 'direct'),
  normaliseId: normaliseTelegram,
  async open(account, host) {
    const token = await tokenOf(account)
    const apiRoot = (text(account.keys.apiRoot) ?? officialRoot).replace(/\/+$/, '')
    const api = await TelegramApi.open(token, apiRoot)
    const files = `${apiRoot}/file/bot${token}`
    return new TelegramConnection({
      api,
      host,
      files,
      linkPreview: account.keys.linkPreview !== false,
      menu: menuKeys(account, host),
      webhook: webhookOf(account, host),
    })
  },
})

async function tokenOf({ keys, path }: Account): Promise<string> {
  const file = text(keys.tokenFile)
  if (file === undefined) return text(keys.botToken) ?? ''
  // Whoever may exchange a link would choose the bot.
  const found = await lstat(file).catch(() => undefined)
  if (!found?.isFile()) throw new ChannelFailure('auth', `${path}.tokenFile is not a regular file`)
  return (await readFile(file, 'utf8')).trim()
}

function menuKeys({ keys }: Account, { config }: Host): MenuKeys {
  const { customCommands: custom = [], commands: own } = keys as {
    readonly customCommands?: readonly MenuEntry[]
    readonly commands?: { readonly native?: boolean | 'auto' }
  }
  return { custom, native: (own?.native ?? config().commands?.native) !== false }
}

const defaultPath = '/telegram-webhook'

/** Undefined: long polling. */
function webhookOf({ keys, path }: Account, host: Host): Webhook | undefined {
  const url = text(keys.webhookUrl)
  const secret = text(keys.webhookSecret)
  const wrong = (words: string) => new ChannelFailure('auth', `${path}.${words}`)
  if (url === undefined) {
    if (secret === undefined) return undefined
    throw wrong('webhookSecret stands alone: set webhookUrl too, or remove it for long polling')
  }
  if (secret === undefined) throw wrong('webhookUrl needs webhookSecret: anybody could post messages')
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw wrong('webhookUrl is no https URL')
  // Bot API, "setWebhook".
  if (!/^[\w-]{1,256}$/.test(secret)) throw wrong('webhookSecret may have 1 to 256 letters, digits, _ and - only')
  const port = typeof keys.webhookPort === 'number' ? keys.webhookPort : host.webhookPort
  if (port === undefined) throw wrong('webhookPort must be set: there is none after the port of this gateway')
  return { url, secret, port, host: text(keys.webhookHost) ?? '127.0.0.1', path: text(keys.webhookPath) ?? defaultPath }
}

const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)

import { lstat, readFile } from 'node:fs/promises'
import { type Account, ChannelFailure, defineChannel } from '../port.js'
import { officialRoot, officialTokenUrl, QqApi } from './api.js'
import { QqConnection } from './connection.js'
import { normaliseQqbot } from './normalise.js'

export default defineChannel({
  label: 'QQ',
  // A message may be answered four or five times: few parts, and long ones, with the words under the file.
  capabilities: { textLimit: 2_000, counts: 'visible', media: true, captions: 2_000 },
  needs: [
    ['appId', 'clientSecret'],
    ['appId', 'clientSecretFile'],
  ],
  // Two gateways would take each other's session.
  credential: ({ keys }) => text(keys.appId),
  normaliseId: normaliseQqbot,
  async open(account, host) {
    const { keys } = account
    const api = new QqApi({
      appId: text(keys.appId) ?? '',
      secret: await secretOf(account),
      root: (text(keys.apiRoot) ?? officialRoot).replace(/\/+$/, ''),
      tokenUrl: text(keys.tokenUrl) ?? officialTokenUrl,
      clock: host.clock,
    })
    return new QqConnection(api, host)
  },
})

async function secretOf({ keys, path }: Account): Promise<string> {
  const file = text(keys.clientSecretFile)
  if (file === undefined) return text(keys.clientSecret) ?? ''
  // Whoever may exchange a link would choose the bot.
  const found = await lstat(file).catch(() => undefined)
  if (!found?.isFile()) throw new ChannelFailure('auth', `${path}.clientSecretFile is not a regular file`)
  return (await readFile(file, 'utf8')).trim()
}

function text(value: unknown): string | undefined {
  const written = typeof value === 'number' ? String(value) : value
  return typeof written === 'string' && written.trim() !== '' ? written.trim() : undefined
}

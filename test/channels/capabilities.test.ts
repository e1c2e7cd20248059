import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { channelNames, loadChannel } from '../../src/channels/accounts.js'
import type { Capabilities } from '../../src/channels/port.js'

/** Methods of a connection by what the channel says that it can. */
const promised: Readonly<Record<string, keyof Capabilities>> = {
  edit: 'edits',
  remove: 'deletes',
  react: 'reactions',
  poll: 'polls',
  typing: 'typing',
}

t.test('what a channel says that it can, its connection does, and nothing else', async (t) => {
  for (const name of channelNames()) {
    const { capabilities } = await loadChannel(name)
    const folder = join(import.meta.dirname, '../../src/channels', name)
    const file = readdirSync(folder).find((one) => /^connection\.[jt]s$/.test(one)) ?? ''
    const module: Record<string, unknown> = await import(pathToFileURL(join(folder, file)).href)
    const [, made] = Object.entries(module).find(([one]) => one.endsWith('Connection')) ?? []
    const { prototype } = made as { readonly prototype: object }
    t.equal(
      readdirSync(folder).some((one) => one.startsWith('directory.')),
      capabilities.members === true,
      name,
    )
    for (const [method, capability] of Object.entries(promised)) {
      t.equal(method in prototype, Boolean(capabilities[capability]), `${name}: ${method}`)
    }
  }
})

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildGateway } from '../src/app.js'
import { resolveInstance } from '../src/instance/resolve.js'

/** Where a gateway of the default profile listens. */
const publishedServer = { url: 'http://127.0.0.1:18789', description: 'A gateway on this machine' }

/**
 * The OpenAPI document as it is published, made by a real gateway in a temporary folder. Unlike the served one it
 * names a server, since it is read from a file.
 */
export async function publishedDocument(): Promise<object> {
  const home = mkdtempSync(join(tmpdir(), 'openclaw-openapi-'))
  try {
    const state = join(home, '.openclaw')
    mkdirSync(state, { mode: 0o700 })
    const config = { gateway: { mode: 'local', auth: { mode: 'token', token: 'only-to-write-the-document' } } }
    writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
    const host = { tmpDir: home }
    const app = await buildGateway(await resolveInstance({ flags: {}, env: { HOME: home }, cwd: home, host }))
    try {
      const served = (await app.describingApp()).swagger()
      return { ...served, servers: [publishedServer] }
    } finally {
      await app.close()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

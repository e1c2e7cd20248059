import { chmod, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../../kernel/atomic-file.js'
import { KeyedMutex } from '../../kernel/keyed-mutex.js'
import type { AuthenticationState, Library } from './library.js'

const credsName = 'creds.json'
const backupName = 'creds.json.bak'
const endedName = 'logged-out.json'
/** Files of a login; the folder may be one that somebody named, and what else is there stays. */
const isOurs = (name: string) =>
  [credsName, backupName, endedName].includes(name) ||
  /^(?:pre-key|session|sender-key|sender-key-memory|app-state-sync-key|app-state-sync-version|lid-mapping|device-list|tctoken|identity-key)-.*\.json$/.test(
    name,
  )

/**
 * A login in a folder, in the files that Baileys' own helper makes: a folder of it can be taken over. That helper writes
 * in place; here each file is whole at any moment, one write after the other, and the last good creds are kept beside
 * (spec/runtime.md 2.2).
 */
export class AuthFolder {
  readonly state: AuthenticationState
  /** WhatsApp has ended this login; the phone has to be asked again. */
  readonly ended: boolean
  readonly #folder: string
  readonly #library: Library
  readonly #order: KeyedMutex

  private constructor(folder: string, library: Library, creds: AuthenticationState['creds'], ended: boolean) {
    this.#folder = folder
    this.#library = library
    this.#order = new KeyedMutex()
    this.ended = ended
    this.state = { creds, keys: { get: (type, ids) => this.#get(type, ids), set: (data) => this.#set(data) } }
  }

  static async open(folder: string, library: Library): Promise<AuthFolder> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
    const names = await readdir(folder)
    for (const name of names.filter(isOurs)) await chmod(join(folder, name), 0o600)
    const creds =
      (await readCreds(join(folder, credsName), library)) ?? (await readCreds(join(folder, backupName), library))
    return new AuthFolder(folder, library, creds ?? library.newCreds(), names.includes(endedName))
  }

  /** A phone has taken it on, and it still stands. A code that was asked for sets `me` too, but no `account`. */
  get linked(): boolean {
    const { me, account } = this.state.creds
    return me !== undefined && account !== undefined && !this.ended
  }

  /** Call it whenever the library says that the creds have changed. */
  save(): Promise<void> {
    return this.#order.run(credsName, async () => {
      const text = this.#library.toJson(this.state.creds)
      await writeAtomic(join(this.#folder, credsName), text)
      await writeAtomic(join(this.#folder, backupName), text)
    })
  }

  /** Marks the login as ended; its files stay until the next one. */
  async end(at: number): Promise<void> {
    await writeAtomic(join(this.#folder, endedName), JSON.stringify({ at: new Date(at).toISOString() }))
  }

  /** Resolves when everything that was to be written is. */
  async settled(): Promise<void> {
    await this.#order.run(credsName, async () => {})
  }

  /** Forgets the login. */
  static async clear(folder: string): Promise<void> {
    for (const name of await readdir(folder).catch(() => [])) {
      if (isOurs(name)) await rm(join(folder, name), { force: true })
    }
  }

  #path(type: string, id: string): string {
    return join(this.#folder, `${type}-${id}.json`.replaceAll('/', '__').replaceAll(':', '-'))
  }

  #get: AuthenticationState['keys']['get'] = async (type, ids) => {
    const found = await Promise.all(
      ids.map(async (id) => {
        const path = this.#path(type, id)
        const value = await this.#order.run(path, () => readJson(path, this.#library))
        if (value === undefined) return []
        return [[id, type === 'app-state-sync-key' ? this.#library.syncKey(value as object) : value]]
      }),
    )
    return Object.fromEntries(found.flat())
  }

  #set: AuthenticationState['keys']['set'] = async (data) => {
    const writes = Object.entries(data).flatMap(([type, values]) =>
      Object.entries(values ?? {}).map(([id, value]) => {
        const path = this.#path(type, id)
        return this.#order.run(path, () =>
          value === null || value === undefined
            ? rm(path, { force: true })
            : writeAtomic(path, this.#library.toJson(value)),
        )
      }),
    )
    await Promise.all(writes)
  }
}

async function readCreds(path: string, library: Library): Promise<AuthenticationState['creds'] | undefined> {
  const value = await readJson(path, library)
  return typeof value === 'object' && value !== null && 'noiseKey' in value
    ? (value as AuthenticationState['creds'])
    : undefined
}

async function readJson(path: string, { fromJson }: Library): Promise<unknown> {
  try {
    return fromJson(await readFile(path, 'utf8'))
  } catch {
    return undefined
  }
}

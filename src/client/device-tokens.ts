import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { HelloOk } from '../../schemas/ws/connect.js'
import { writeAtomic } from '../kernel/atomic-file.js'

/** Whose token it is: of one device, in one role, from one gateway. No other gateway ever gets it. */
export interface TokenOwner {
  /** The address that issued it. */
  readonly gateway: URL
  readonly deviceId: string
  readonly role: string
}

interface StoredToken {
  readonly gateway: string
  readonly deviceId: string
  readonly role: string
  readonly scopes: readonly string[]
  readonly token: string
}

/**
 * Tokens that gateways issued to this device, one 0600 file each, so that two commands at the same time do not lose one.
 * They are used where no shared secret is configured (spec/protocol.md 2.4).
 */
export class DeviceTokens {
  readonly #folder: string

  /** `credentials` is `instance.paths.credentials`. */
  constructor(credentials: string) {
    this.#folder = join(credentials, 'device-tokens')
  }

  async read(owner: TokenOwner): Promise<string | undefined> {
    const text = await readFile(this.#path(owner), 'utf8').catch(() => undefined)
    if (text === undefined) return undefined
    try {
      const stored: unknown = JSON.parse(text)
      return isStored(stored, owner) ? stored.token : undefined
    } catch {
      return undefined
    }
  }

  /** Keeps what a greeting brings; does nothing when it is known already. */
  async keep(owner: TokenOwner, { deviceToken: token, scopes }: HelloOk['auth']): Promise<void> {
    if (token === undefined || token === (await this.read(owner))) return
    const { gateway, deviceId, role } = owner
    const stored: StoredToken = { gateway: gateway.href, deviceId, role, scopes, token }
    await writeAtomic(this.#path(owner), `${JSON.stringify(stored, null, 2)}\n`)
  }

  async forget(owner: TokenOwner): Promise<void> {
    await rm(this.#path(owner), { force: true })
  }

  #path({ gateway, deviceId, role }: TokenOwner): string {
    const name = createHash('sha256')
      .update(JSON.stringify([gateway.href, deviceId, role]))
      .digest('hex')
    return join(this.#folder, `${name}.json`)
  }
}

function isStored(value: unknown, { gateway, deviceId, role }: TokenOwner): value is StoredToken {
  if (typeof value !== 'object' || value === null) return false
  const is = (name: keyof StoredToken, wanted: string) => Reflect.get(value, name) === wanted
  const token: unknown = Reflect.get(value, 'token')
  return is('gateway', gateway.href) && is('deviceId', deviceId) && is('role', role) && typeof token === 'string'
}

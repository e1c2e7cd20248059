import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createAtomic } from '../kernel/atomic-file.js'
import { GatewayError } from '../kernel/errors.js'
import { type DeviceIdentity, type IdentityKey, identityOf, newIdentityKey } from './identity.js'

/** Where the key of a state directory is kept; `credentials` is `instance.paths.credentials`. */
export function identityPath(credentials: string): string {
  return join(credentials, 'identity.json')
}

/**
 * Reads the identity, and makes one (0600) where there is none. Gateway and command line may do this at the same
 * moment: both get the same key.
 * @throws GatewayError `state_unusable` when the file is there but cannot be used; it is never replaced.
 */
export async function openIdentity(path: string): Promise<DeviceIdentity> {
  const found = await readIdentity(path)
  if (found) return found
  const key = newIdentityKey()
  const identity = identityOf(key)
  const file = { version: 1, deviceId: identity.deviceId, key }
  const created = await createAtomic(path, `${JSON.stringify(file, null, 2)}\n`)
  return created ? identity : ((await readIdentity(path)) ?? refuse(path, 'it was removed while it was read'))
}

/** The identity of a state directory, or undefined when it has none yet. Throws as `openIdentity`. */
export async function readIdentity(path: string): Promise<DeviceIdentity | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    return refuse(path, (cause as Error).message, cause)
  }
  // It may have been restored from a copy that everybody could read; a read-only disk keeps what it has.
  await chmod(path, 0o600).catch(() => {})
  try {
    return identityOf(keyOf(JSON.parse(text)))
  } catch (cause) {
    return refuse(path, cause instanceof SyntaxError ? 'it is not JSON' : (cause as Error).message)
  }
}

function keyOf(file: unknown): IdentityKey {
  const key: unknown = typeof file === 'object' && file !== null && 'key' in file ? file.key : undefined
  if (typeof key !== 'object' || key === null) throw new Error('it holds no key')
  const [x, d]: unknown[] = [Reflect.get(key, 'x'), Reflect.get(key, 'd')]
  if (typeof x !== 'string' || typeof d !== 'string') throw new Error('its key is incomplete')
  return { kty: 'OKP', crv: 'Ed25519', x, d }
}

function refuse(path: string, reason: string, cause?: unknown): never {
  throw new GatewayError('state_unusable', {
    message: `The identity ${path} cannot be used: ${reason}. Restore it from a backup, or move it away to get a new one.`,
    ...(cause !== undefined && { cause }),
  })
}

import { createHash, randomUUID } from 'node:crypto'

/** 122 random bits as 32 hex digits. Node draws UUIDs from a pool, which a call of `randomBytes` does not have. */
export function randomId(): string {
  const uuid = randomUUID()
  return uuid.slice(0, 8) + uuid.slice(9, 13) + uuid.slice(14, 18) + uuid.slice(19, 23) + uuid.slice(24)
}

/** A UUID that is always the same for the same text, and tells nothing of it. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

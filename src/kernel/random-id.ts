import { randomUUID } from 'node:crypto'

/** 122 random bits as 32 hex digits. Node draws UUIDs from a pool, which a call of `randomBytes` does not have. */
export function randomId(): string {
  return randomUUID().replaceAll('-', '')
}

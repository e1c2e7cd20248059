import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAuthProfiles } from '../../models/auth-profiles.js'
import type { Candidate } from '../../secrets/plan/candidates.js'

/** Accounts of an agent whose secret stands as text. None when there is no file. */
export async function accountCandidates(agentId: string, agentDir: string): Promise<Candidate[]> {
  const text = await readFile(join(agentDir, 'auth-profiles.json'), 'utf8').catch(() => '{}')
  return parseAuthProfiles(text).profiles.flatMap(({ id, type, secret, provider }): Candidate[] => {
    if (type === 'oauth' || typeof secret !== 'string' || secret.startsWith('$')) return []
    const field = type === 'token' ? 'token' : 'key'
    const pathSegments = ['profiles', id, field]
    const path = pathSegments.join('.')
    return [{ type: `auth-profiles.${type}.${field}`, path, pathSegments, providerId: provider, agentId }]
  })
}

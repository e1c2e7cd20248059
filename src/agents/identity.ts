import type { Config } from '../config/types.js'

type Entry = NonNullable<NonNullable<NonNullable<Config['agents']>['entries']>[string]>

export interface AgentIdentity {
  readonly name: string
  readonly nameSource: 'config' | 'workspace' | 'default'
  readonly emoji?: string
  /** URL or data URL that a client can show. */
  readonly avatar?: string
  readonly avatarSource?: string
  readonly avatarStatus: 'none' | 'remote' | 'data'
  /** Why there is no avatar although one is configured. */
  readonly avatarReason?: string
}

const defaultName = 'Assistant'
/** `- Name: Ada`, also `* **Name:** Ada`. */
const line = /^\s*[-*]\s*\**(name|emoji|avatar)\**\s*:\**[ \t]*(\S.*)$/gim

/** How an agent presents itself: the config first, then IDENTITY.md of its workspace. */
export function identityOf(entry: Entry | undefined, identityFile: string | undefined): AgentIdentity {
  const written = Object.fromEntries(
    [...(identityFile ?? '').matchAll(line)].map(([, key = '', value = '']) => [key.toLowerCase(), value.trim()]),
  )
  const configured = entry?.identity?.name || entry?.name
  const emoji = entry?.identity?.emoji || written.emoji
  return {
    name: configured || written.name || defaultName,
    nameSource: configured ? 'config' : written.name ? 'workspace' : 'default',
    ...(emoji && { emoji }),
    ...avatarOf(entry?.identity?.avatar || written.avatar),
  }
}

function avatarOf(
  source: string | undefined,
): Pick<AgentIdentity, 'avatar' | 'avatarSource' | 'avatarStatus' | 'avatarReason'> {
  if (!source) return { avatarStatus: 'none' }
  if (/^data:image\//i.test(source)) return { avatar: source, avatarStatus: 'data' }
  if (/^https?:\/\//i.test(source)) return { avatar: source, avatarSource: source, avatarStatus: 'remote' }
  return { avatarSource: source, avatarStatus: 'none', avatarReason: 'pictures in the workspace are not served yet' }
}

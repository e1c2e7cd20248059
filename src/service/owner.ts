import { createHash } from 'node:crypto'

const digits = 16

/**
 * Says for which profile and config file a definition was made. Two profiles can meet in one service name (a profile
 * that is called "gateway" has the launchd label of the default one), and a test home must not stop a real service.
 */
export function ownerOf(profile: string, configPath: string): string {
  return `openclaw-owner:${createHash('sha256').update(`${profile}\0${configPath}`).digest('hex').slice(0, digits)}`
}

/** The owner that a definition names; undefined when somebody wrote it by hand. */
export function ownerIn(text: string): string | undefined {
  return /openclaw-owner:[0-9a-f]{16}/.exec(text)?.[0]
}

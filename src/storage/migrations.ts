import { agents } from './migrations/agents.js'
import { automation } from './migrations/automation.js'
import { channels } from './migrations/channels.js'
import { sessions } from './migrations/sessions.js'

/**
 * Forward-only steps; the index of a step plus one is the `user_version` that it leads to. A released step is never
 * edited: a change is a new step, at the end of the last list.
 */
export const migrations: readonly string[] = [...sessions, ...agents, ...channels, ...automation]

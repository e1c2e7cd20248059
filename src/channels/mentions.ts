import type { Config } from '../config/types.js'
import type { Logger } from '../kernel/logger.js'
import { safePattern } from './_mentions/safe-pattern.js'

/** Mentions stand near the front; a text beyond this is not searched. */
const searched = 4_000

/**
 * Finds messages that call the bot by a text rather than by a mention of the platform. The patterns are those of the
 * agent, else `messages.groupChat.mentionPatterns`, else made of the agent's name and emoji; `[]` leaves native mentions
 * only. What cannot be used is left out, and told of once.
 */
export class Mentions {
  readonly #log: Logger
  readonly #known = new WeakMap<Config, Map<string, readonly RegExp[]>>()
  readonly #told = new Set<string>()

  constructor(log: Logger) {
    this.#log = log
  }

  patterns(config: Config, agent: string): readonly RegExp[] {
    const known = this.#known.get(config) ?? new Map<string, readonly RegExp[]>()
    this.#known.set(config, known)
    const found = known.get(agent) ?? this.#compile(config, agent)
    known.set(agent, found)
    return found
  }

  #compile(config: Config, agent: string): RegExp[] {
    const entry = config.agents?.entries?.[agent]
    const own = entry?.groupChat?.mentionPatterns
    const texts = own ?? config.messages?.groupChat?.mentionPatterns
    if (texts === undefined) return ofIdentity(entry?.identity?.name ?? entry?.name, entry?.identity?.emoji)
    const key = own ? `agents.entries.${agent}.groupChat.mentionPatterns` : 'messages.groupChat.mentionPatterns'
    return texts.flatMap((text) => {
      const compiled = safePattern(text)
      if ('pattern' in compiled) return [compiled.pattern]
      this.#tell(key, text, compiled.problem)
      return []
    })
  }

  #tell(key: string, pattern: string, problem: string): void {
    const once = `${key} ${pattern}`
    if (this.#told.has(once) || this.#told.size >= 1_000) return
    this.#told.add(once)
    this.#log.warn({ key, pattern: pattern.slice(0, 200) }, `a mention pattern is left out: ${problem}`)
  }
}

/** True when one of the patterns is in the text. Characters that nobody sees do not hide it. */
export function isMentioned(text: string, patterns: readonly RegExp[]): boolean {
  if (patterns.length === 0 || text === '') return false
  const seen = text.slice(0, searched).replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, '')
  return patterns.some((pattern) => pattern.test(seen))
}

function ofIdentity(name: string | undefined, emoji: string | undefined): RegExp[] {
  const patterns: RegExp[] = []
  const words = name?.trim().split(/\s+/).filter(Boolean) ?? []
  if (words.length > 0) {
    const body = words.map(escaped).join('\\s+')
    patterns.push(new RegExp(`${edge(words[0]?.[0], '<!')}@?${body}${edge(words.at(-1)?.at(-1), '!')}`, 'iu'))
  }
  if (emoji?.trim()) patterns.push(new RegExp(escaped(emoji.trim()), 'u'))
  return patterns
}

/** A name is a word of its own where words are told apart by spaces; Chinese and Japanese have none. */
function edge(char: string | undefined, look: '<!' | '!'): string {
  const joins =
    char !== undefined &&
    /[\p{L}\p{N}_]/u.test(char) &&
    !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(char)
  return joins ? `(?${look}[\\p{L}\\p{N}_])` : ''
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

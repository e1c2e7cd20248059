import { parsePath } from '../../config/path.js'
import { getAt, type Tree } from '../../config/tree.js'
import { GatewayError } from '../../kernel/errors.js'

/**
 * What agents may change: how their user is answered, and when. Everything else is his alone, whoever asks: where keys
 * and words are sent, what is run, who may come in, which walls stand between agents and the machine, and what other
 * agents are told. An instruction that found its way into a text must not open any of it. A list of what is closed
 * would miss the key that comes next.
 */
const open: readonly RegExp[] = [
  words('meta', ['lastTouchedVersion', 'lastTouchedAt']),
  words('session', ['reset', 'resetByType', 'resetByChannel', 'resetTriggers', 'typingMode', 'typingIntervalSeconds']),
  words('messages', [
    ...['responsePrefix', 'ackReaction', 'ackReactionScope', 'removeAckAfterReply', 'suppressToolErrors'],
    ...['queue', 'inbound', 'statusReactions', 'groupChat\\.historyLimit'],
  ]),
  words('cron', ['enabled', 'skipMissedJobs', 'maxConcurrentRuns', 'sessionRetention', 'runLog']),
  words('cron\\.failureAlert', ['enabled', 'after', 'cooldownMs', 'includeSkipped']),
  words('logging', ['level', 'consoleLevel', 'consoleStyle']),
  words('agents\\.(?:defaults|entries\\.[\\w-]+)', [
    ...['name', 'description', 'identity\\.(?:name|theme|emoji|creature|vibe)'],
    ...['model', 'imageModel', 'models(?:\\.[\\w-]+|\\["[^"]+"\\])\\.(?:alias|streaming)'],
    ...['thinkingDefault', 'verboseDefault', 'timeoutSeconds', 'contextTokens', 'userTimezone', 'timeFormat'],
    ...['blockStreaming\\w+', 'humanDelay', 'typingMode', 'typingIntervalSeconds', 'groupChat\\.historyLimit'],
    'compaction\\.(?:mode|reserveTokens|keepRecentTokens|recentTurnsPreserve|model|timeoutSeconds)',
    'heartbeat\\.(?:every|activeHours|ackMaxChars|model|timeoutSeconds|lightContext|includeReasoning|idleBackoff)',
  ]),
]

function words(section: string, keys: readonly string[]): RegExp {
  return new RegExp(`^${section}\\.(?:${keys.join('|')})(?=$|[.[])`)
}

interface Change {
  readonly paths: readonly string[]
  /** Ids of the agents before. */
  readonly agents: readonly string[]
  /** The config afterwards, as it would be written. */
  readonly after: Tree
}

/** Throws `tool_error` with the first path that is not for agents. */
export function refuseClosed({ paths, agents, after }: Change): void {
  const kept = paths.find((path) => !open.some((rule) => rule.test(path)) || !isOldAgent(path, agents, after))
  if (kept !== undefined) {
    throw refused(
      `${kept}. They change how they look and answer (name, identity, model, session.reset, messages, heartbeat, cron and the like)`,
    )
  }
  // What stands in the environment is a secret more often than not, and these words are said in chats.
  const variable = paths.find((path) => holdsVariable(getAt(after, parsePath(path) ?? [])))
  if (variable !== undefined) throw refused(`${variable} to what a variable holds`)
}

/** An agent that comes has no rules of its own yet; one that goes leaves its chats to another. */
function isOldAgent(path: string, agents: readonly string[], after: Tree): boolean {
  const id = /^agents\.entries\.([\w-]+)/.exec(path)?.[1]
  return id === undefined || (agents.includes(id) && getAt(after, ['agents', 'entries', id]) !== undefined)
}

function holdsVariable(value: unknown): boolean {
  return JSON.stringify(value ?? '').includes('${')
}

function refused(what: string): GatewayError {
  return new GatewayError('tool_error', { message: `Agents may not change ${what}. Ask your user to do it.` })
}

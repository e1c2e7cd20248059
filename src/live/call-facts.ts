import type { Config } from '../../schemas/config/index.js'
import { agentRoster } from '../agents/select.js'
import { toGatewayError } from '../kernel/errors.js'
import type { TurnWalls } from '../sandbox/walls.js'
import { keyRules, kindOf, mainSessionKey } from '../sessions/canonical.js'
import { noFiles } from '../tools/_files/no-files.js'
import type { PlaceFacts, PolicyFacts } from '../tools/_policy/types.js'
import type { ToolFiles } from '../tools/_types.js'

export interface CallFacts {
  readonly agent: string
  /** Undefined for a turn that stands alone. */
  readonly sessionKey: string | undefined
}

interface MoreFacts extends Pick<PolicyFacts, 'owner' | 'sandboxed' | 'direct' | 'sender' | 'provider' | 'model'> {
  readonly account?: string | undefined
  /** The group of the turn that began this one. */
  readonly from?: PlaceFacts | undefined
}

/** What the key of a session says: whose it is, the group that it belongs to, how deep a sub-agent it is. */
export function policyFacts(
  config: Config,
  { agent, sessionKey = '' }: CallFacts,
  { account, from, ...more }: MoreFacts,
): PolicyFacts {
  const depth = sessionKey.match(/:subagent:/g)?.length ?? 0
  const place = placeOf(sessionKey, account) ?? from
  const session = sortOf(config, agent, sessionKey)
  return {
    agent,
    ...more,
    ...(session && { session }),
    ...(place && { place }),
    ...(depth > 0 && { subagentDepth: depth }),
  }
}

function sortOf(config: Config, agent: string, sessionKey: string): PolicyFacts['session'] {
  if (sessionKey === mainSessionKey(keyRules(config, agentRoster(config)), agent)) return 'main'
  return kindOf(sessionKey) === 'group' ? 'group' : undefined
}

/** `agent:<id>:<channel>:group:<gid>`, with `:topic:` or `:thread:` behind it (spec/runtime.md 1.5). */
export function placeOf(sessionKey: string, account: string | undefined): PlaceFacts | undefined {
  const [, channel, id] =
    /^agent:[^:]+:([^:]+):(?:group|channel):(.+?)(?::(?:topic|thread):.*)?$/.exec(sessionKey) ?? []
  if (channel === undefined || id === undefined) return undefined
  return { channel, id, ...(account !== undefined && { account }) }
}

/** The files of a session. A tool that needs none works also where there are none. */
export async function filesOf(wall: TurnWalls): Promise<ToolFiles> {
  try {
    return await wall.files()
  } catch (thrown) {
    return noFiles(toGatewayError(thrown))
  }
}

import type { Config } from '../../schemas/config/index.js'
import type { ContentPart } from '../../schemas/message.js'
import type { Static, TSchema } from '../../schemas/type.js'
import type { EgressFetch } from '../egress/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'
import type { TextCache } from './_cache.js'
import type { CommandHost } from './_commands.js'
import type { GatewayDoor } from './_gateway.js'
import type { ToolGroup } from './_groups.js'
import type { AgentMemory } from './_memory.js'
import type { Processes } from './_process/table.js'

export type { CommandExit, CommandHost, CommandPlace, CommandRequest, RunningCommand } from './_commands.js'
export type { ToolGroup } from './_groups.js'

/** What a tool gives: `content` is for the model, `details` for people and programs that watch. */
export interface ToolResult {
  readonly content: readonly ContentPart[]
  readonly details?: Readonly<Record<string, unknown>>
  readonly isError?: boolean
}

/**
 * One tool. Its name is its file: `src/tools/web-fetch.ts` is `web_fetch`. Everything that it does to the world comes in
 * the context, so that host, sandbox, node and test are the same move.
 */
export interface ToolDefinition<P extends TSchema = TSchema> {
  readonly group: ToolGroup
  /** For people, e.g. "Web fetch". */
  readonly label: string
  /** For the model: what it does and when to use it, as short as it can be; every prompt pays for it. */
  readonly summary: string
  readonly params: P
  /** Changes nothing: may run beside others of the same answer. */
  readonly readOnly?: true
  /** Only for the gateway's owner. */
  readonly ownerOnly?: true
  /** Seldom needed: where prompts would grow too long, models find it through `more_tools`. */
  readonly rare?: true
  /** Parameters that models are not told of; they are accepted all the same. */
  readonly quiet?: readonly string[]
  /** Other names that models give to parameters, to the name here: `file_path` for `path`. */
  readonly spellings?: Readonly<Record<string, string>>
  /** Longest text of a result, in characters, for a tool that bounds it itself in a better way than by its middle. */
  readonly resultLimit?: number
  /** False: the tool cannot work with this config (a missing key, say) and is hidden. */
  available?(config: Config, circumstances: Circumstances): boolean
  /** The config key that makes it available, for those who ask why it is missing. */
  readonly setupKey?: string
  /** Never throws for what the model did wrong: that is a result with `isError`. */
  run(context: ToolContext, args: Static<P>): Promise<ToolResult>
}

/** What availability may depend on besides the config. */
export interface Circumstances {
  readonly agent: string
  /** Variables of the profile; keys may stand there. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** `provider/model` of the turn; undefined when no model is involved. */
  readonly model?: string
}

/** A definition whose parameter types no longer matter. */
export type AnyTool = Omit<ToolDefinition, 'run'> & {
  run(context: ToolContext, args: never): Promise<ToolResult>
}

/** A tool with its wire name. */
export type Tool = AnyTool & { readonly name: string }

/** Checks a definition against its own schema; the default export of a tool's file. */
export function defineTool<P extends TSchema>(definition: ToolDefinition<P>): ToolDefinition<P> {
  return definition
}

/** Who stands behind the turn that calls the tool. */
export interface ToolCaller {
  readonly owner: boolean
  /** `http`, `ws`, a channel id, `cron` ... */
  readonly origin: string
  readonly sender?: string
}

export interface ToolContext {
  readonly agent: string
  /** Undefined for a turn that stands alone. */
  readonly sessionKey: string | undefined
  readonly runId: string
  readonly callId: string
  readonly caller: ToolCaller
  readonly config: Config
  /** Variables of the profile, for the keys that the config refers to. Not for commands. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Logger
  /** Aborts when the turn is called off. */
  readonly signal: AbortSignal
  readonly files: ToolFiles
  readonly commands: CommandHost
  /** Commands that go on after the call that started them. */
  readonly processes: Processes
  readonly fetch: EgressFetch
  /** The gateway that the turn runs in. */
  readonly gateway: GatewayDoor
  /** What was fetched lately. */
  readonly cache: TextCache
  /** The notes of the agent. */
  readonly memory: AgentMemory
  /** Shows an unfinished result to those who watch. */
  progress(partial: ToolResult): void
}

/**
 * The files that a session may see. Paths are the model's: relative to the workspace, or absolute as the model sees
 * them (`/workspace/...` in a sandbox). Every call checks the real path; what leads outside is refused with a
 * `GatewayError` `path_outside`.
 */
export interface ToolFiles {
  /** The workspace as the model sees it. */
  readonly root: string
  readonly writable: boolean
  stat(path: string): Promise<FileStat | undefined>
  /** Throws `file_not_found`, `not_a_file`, `path_outside` or `file_too_large`. */
  read(path: string, limits?: { readonly maxBytes: number }): Promise<Buffer>
  /**
   * Atomic; makes missing folders. A file that is there keeps its mode, a new one gets `mode`. Throws `path_outside`,
   * `path_read_only` or `not_a_file`.
   */
  write(path: string, data: string | Buffer, mode?: number): Promise<void>
  /** Files and links only. */
  remove(path: string): Promise<void>
  /** Takes the place of a file that is there. */
  rename(from: string, to: string): Promise<void>
  /** The same files, but nothing outside of the workspace. */
  workspaceOnly(): ToolFiles
}

export interface FileStat {
  readonly kind: 'file' | 'folder' | 'other'
  readonly size: number
  /** Permissions, such as 0o644. */
  readonly mode: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
}

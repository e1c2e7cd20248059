import { basename, join } from 'node:path'
import type { Config } from '../../schemas/config/index.js'
import type { EgressFetch } from '../egress/types.js'
import { GatewayError } from '../kernel/errors.js'
import { guestOf } from '../sandbox/scope.js'
import type { Walls } from '../sandbox/walls.js'
import { isInside } from '../tools/_files/inside.js'
import { openFiles } from '../tools/_files/open-files.js'
import type { SenderFacts } from '../tools/_policy/types.js'
import type { Tools } from '../tools/_registry.js'
import type { ToolCaller } from '../tools/_types.js'
import { policyFacts } from './call-facts.js'

const maxBytes = 50 * 1024 ** 2
const fetchMs = 60_000

export interface AnswerFilesInput {
  readonly tools: Pick<Tools, 'offer'>
  readonly walls: Pick<Walls, 'open' | 'isSandboxed'>
  readonly fetch: EgressFetch
  readonly config: () => Config
  /** Of the instance: files of people and of agents lie in `media` of it. */
  readonly state: string
}

/** The turn whose answer names a file. */
export interface AnswerTurn {
  readonly id: string
  readonly agent: string
  readonly sessionKey: string
  /** `<provider>/<model>` */
  readonly model: string
  /** Of the channel. */
  readonly account: string
  /** Who is answered; undefined when nobody has asked. */
  readonly sender: SenderFacts | undefined
  /** The one who is answered is an owner. */
  readonly owner: boolean
}

export interface NamedFile {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * Files that an answer names to be sent. A path is read as the turn's own `read` would, and only inside of its workspace
 * or of the files of chats; an address by the one way out. Everything else is refused: an answer may have been written by
 * a stranger.
 */
export class AnswerFiles {
  readonly #input: AnswerFilesInput

  constructor(input: AnswerFilesInput) {
    this.#input = input
  }

  /** Throws `path_outside`, `file_not_found`, `file_too_large`, `tool_denied` and what the fetch throws. */
  async read(turn: AnswerTurn, source: string, signal: AbortSignal): Promise<NamedFile> {
    const isAddress = /^https?:\/\//i.test(source)
    const { agent, sessionKey, sender, owner } = turn
    // As the turn itself had it: its owner's main session has no sandbox where that of a guest has.
    const caller = { owner, origin: sender?.channel ?? 'channel', ...(sender && { sender: sender.id }) }
    const sandboxed = this.#input.walls.isSandboxed({ agent, sessionKey, guest: guestOf(caller) })
    await this.#mustBeAllowed(turn, sandboxed, isAddress ? 'web_fetch' : 'read')
    return isAddress ? this.#fetched(source, signal) : this.#local(turn, source, { caller, sandboxed })
  }

  /** An answer gets nothing that the turn's own tool would not have got. */
  async #mustBeAllowed(turn: AnswerTurn, sandboxed: boolean, tool: 'read' | 'web_fetch'): Promise<void> {
    const { tools, config } = this.#input
    const { model, account, sender } = turn
    const slash = model.indexOf('/')
    const named = { provider: model.slice(0, Math.max(slash, 0)), model: model.slice(slash + 1) }
    const policy = policyFacts(config(), turn, {
      ...{ owner: false, sandboxed, account, ...named },
      ...(sender && { sender }),
    })
    const verdict = (await tools.offer(policy)).verdicts.get(tool)
    if (verdict?.allowed) return
    const what = tool === 'read' ? 'read files' : 'fetch addresses'
    throw new GatewayError('tool_denied', { message: `Its agent may not ${what} here.` })
  }

  async #fetched(url: string, signal: AbortSignal): Promise<NamedFile> {
    const { fetch, config } = this.#input
    const policy = config().tools?.web?.fetch?.ssrfPolicy
    const limits = { maxBytes, timeoutMs: fetchMs, maxRedirects: 3 }
    const { status, body, truncated, url: at } = await fetch({ url, ...limits, signal, ...(policy && { policy }) })
    if (status >= 400) throw new GatewayError('invalid_request', { message: `The server answered ${status}.` })
    if (truncated) throw new GatewayError('file_too_large', { message: 'It is larger than 50 MB.' })
    return { name: nameIn(at), bytes: body }
  }

  async #local(
    { id, agent, sessionKey }: AnswerTurn,
    path: string,
    { caller, sandboxed }: { readonly caller: ToolCaller; readonly sandboxed: boolean },
  ): Promise<NamedFile> {
    const { walls, state } = this.#input
    const name = basename(path)
    const chatFiles = join(state, 'media')
    if (!sandboxed && isInside(chatFiles, path)) {
      const files = openFiles({ root: chatFiles, mounts: [{ at: chatFiles, folder: chatFiles, writable: false }] })
      return { name, bytes: await files.read(path, { maxBytes }) }
    }
    const wall = walls.open({ agent, sessionKey, runId: id, caller, processTool: false })
    const files = (await wall.files()).workspaceOnly()
    return { name, bytes: await files.read(path, { maxBytes }) }
  }
}

/** The name of a file by its address. */
function nameIn(url: string): string {
  const name = basename(new URL(url).pathname)
  try {
    return basename(decodeURIComponent(name)) || 'file'
  } catch {
    // Not every address that servers take is encoded as it should be.
    return name
  }
}

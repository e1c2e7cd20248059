import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecApprovalsFile } from '../../schemas/exec-approvals.js'
import { writeAtomic } from '../kernel/atomic-file.js'
import { GatewayError } from '../kernel/errors.js'
import { withFileLock } from '../kernel/file-lock.js'
import type { AllowEntry } from './rules/allowlist.js'
import type { Ask, ExecRule, Security } from './rules/policy.js'

/** The file as clients see it; `hash` guards a write against one that came between. */
export interface ApprovalsSnapshot {
  readonly path: string
  readonly exists: boolean
  readonly hash: string
  /** Without the socket's token. */
  readonly file: ExecApprovalsFile
  readonly resolvedDefaults: ResolvedDefaults
}

export interface ResolvedDefaults {
  readonly security: Security
  readonly ask: Ask
  readonly askFallback: Security
  readonly autoAllowSkills: boolean
}

/** What the file says of one agent. */
export interface AgentApprovals {
  readonly rule: ExecRule
  readonly askFallback: Security
  readonly allowlist: readonly AllowEntry[]
}

const empty: ExecApprovalsFile = { version: 1, defaults: {}, agents: {} }
const securities: readonly Security[] = ['deny', 'allowlist', 'full']
const asks: readonly Ask[] = ['off', 'on-miss', 'always']

/** `<state>/exec-approvals.json`, read anew each time: people edit it while the gateway runs. */
export class ApprovalsDocument {
  readonly path: string

  constructor(stateFolder: string) {
    this.path = join(stateFolder, 'exec-approvals.json')
  }

  /** Throws `exec_denied` when the file cannot be understood: a rule that is unreadable is not a rule that is absent. */
  async of(agent: string): Promise<AgentApprovals> {
    const { file } = await this.#read()
    const own = file.agents?.[agent]
    const all = file.agents?.['*']
    const merged = { ...file.defaults, ...all, ...own }
    return {
      rule: { security: security(merged.security, 'full'), ask: ask(merged.ask), source: this.path },
      askFallback: security(merged.askFallback, 'deny'),
      allowlist: [...(all?.allowlist ?? []), ...(own?.allowlist ?? [])],
    }
  }

  async snapshot(): Promise<ApprovalsSnapshot> {
    const { text, file } = await this.#read()
    return {
      path: this.path,
      exists: text !== undefined,
      hash: hash(text),
      file: hidden(file),
      resolvedDefaults: defaults(file),
    }
  }

  /** Replaces the file. Throws `conflict` when it is not the one with `baseHash` any more. */
  async write(file: ExecApprovalsFile, baseHash: string | undefined): Promise<ApprovalsSnapshot> {
    await withFileLock(this.path, 'server_busy', async () => {
      const { text, file: before } = await this.#read(true)
      if (baseHash !== undefined && baseHash !== hash(text)) throw new GatewayError('conflict')
      // The token is never given out, so it cannot come back.
      const socket = before.socket?.token !== undefined ? { ...file.socket, token: before.socket.token } : file.socket
      await writeAtomic(this.path, `${JSON.stringify({ ...file, ...(socket && { socket }) }, null, 2)}\n`)
    })
    return this.snapshot()
  }

  async #read(broken = false): Promise<{ text: string | undefined; file: ExecApprovalsFile }> {
    const text = await readFile(this.path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (text === undefined) return { text, file: empty }
    const file = parsed(text)
    if (file ?? broken) return { text, file: file ?? empty }
    throw new GatewayError('exec_denied', {
      message: `${this.path} cannot be understood, so nothing may run. Correct or remove it.`,
    })
  }
}

/** Checked by hand and not by a schema compiler: this is read before every command. */
function parsed(text: string): ExecApprovalsFile | undefined {
  try {
    const file: ExecApprovalsFile = JSON.parse(text)
    const lists = [...Object.values(file.agents ?? {})].map(({ allowlist }) => allowlist ?? [])
    const fine = file.version === 1 && lists.every((list) => list.every(({ pattern }) => typeof pattern === 'string'))
    return fine ? file : undefined
  } catch {
    return undefined
  }
}

/** An unknown word is the strictest one. */
function security(word: string | undefined, absent: Security): Security {
  return word === undefined ? absent : (securities.find((one) => one === word) ?? 'deny')
}

function ask(word: string | undefined): Ask {
  return word === undefined ? 'off' : (asks.find((one) => one === word) ?? 'always')
}

function defaults({ defaults: given }: ExecApprovalsFile): ResolvedDefaults {
  return {
    security: security(given?.security, 'full'),
    ask: ask(given?.ask),
    askFallback: security(given?.askFallback, 'deny'),
    autoAllowSkills: given?.autoAllowSkills ?? false,
  }
}

function hidden(file: ExecApprovalsFile): ExecApprovalsFile {
  if (!file.socket) return file
  const { token: _, ...socket } = file.socket
  return { ...file, socket }
}

function hash(text: string | undefined): string {
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex')
}

import type { Clock } from '../../kernel/clock.js'
import { readFile } from './files.js'

/** How long what was read counts as what is there, in milliseconds. */
const freshMs = 1_000

/** Files that prompts show, in this order (spec/runtime.md 3.2). */
const always = ['AGENTS.md', 'SOUL.md', 'TOOLS.md', 'IDENTITY.md', 'USER.md', 'BOOTSTRAP.md']
const forSubagents = ['AGENTS.md', 'TOOLS.md']
const heartbeatFile = 'HEARTBEAT.md'
const memoryFile = 'MEMORY.md'

export interface ContextLimits {
  /** Characters of one file. */
  readonly perFile: number
  /** Characters of all files. */
  readonly total: number
}

/** Which files a turn gets besides those that all get. */
export interface ContextWants {
  /** The turn belongs to the agent's main session: what it remembers of its user is for nobody else. */
  readonly main: boolean
  readonly heartbeat: boolean
  /** The turn of a sub-agent: rules and tools only. */
  readonly minimal?: boolean
  /** The checklist of heartbeats and nothing else. */
  readonly light?: boolean | undefined
}

/** The files of one workspace as prompts show them. Looked at again at most once a second, not at every turn. */
export class ProjectContext {
  readonly #folder: string
  readonly #limits: ContextLimits
  readonly #clock: Clock
  #files: ReadonlyMap<string, string> = new Map()
  #texts = new Map<string, string>()
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor(folder: string, limits: ContextLimits, clock: Clock) {
    this.#folder = folder
    this.#limits = limits
    this.#clock = clock
  }

  /** True when the files were looked at a moment ago. */
  get fresh(): boolean {
    return this.#clock.monotonic() - this.#readAt < freshMs
  }

  /** Looks at the files. A file that cannot be read is left out: it must not keep the agent from answering. */
  refresh(): Promise<void> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  /** What the prompt says of the workspace; empty without files. */
  text({ main, heartbeat, minimal, light }: ContextWants): string {
    if (light) return this.#textOf([heartbeatFile])
    if (minimal) return this.#textOf(forSubagents)
    return this.#textOf([...always, ...(heartbeat ? [heartbeatFile] : []), ...(main ? [memoryFile] : [])])
  }

  #textOf(names: readonly string[]): string {
    const key = names.join()
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = this.#compose(names)
    this.#texts.set(key, text)
    return text
  }

  async #read(): Promise<void> {
    const names = [...always, heartbeatFile, memoryFile]
    const read = await Promise.all(
      names.map(async (name) => {
        const { content = '' } = await readFile(this.#folder, name).catch(() => ({ content: '' }))
        return [name, content.trim()] as const
      }),
    )
    const files = new Map(read.filter(([, content]) => content !== ''))
    if (!same(files, this.#files)) {
      this.#files = files
      this.#texts = new Map()
    }
    this.#readAt = this.#clock.monotonic()
  }

  #compose(names: readonly string[]): string {
    let left = this.#limits.total
    const parts: string[] = []
    for (const name of names) {
      const content = this.#files.get(name)
      if (content === undefined) continue
      const shown = cut(content, Math.min(this.#limits.perFile, left))
      left -= shown.length
      if (shown !== '') parts.push(`## ${name}\n\n${shown}`)
    }
    if (parts.length === 0) return ''
    return `# Your workspace: ${this.#folder}\n\n${parts.join('\n\n')}`
  }
}

/** The beginning and the end of a long text, with a mark between them. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  const mark = `\n[... ${text.length - limit} characters left out; read the file for the rest ...]\n`
  const room = limit - mark.length
  if (room < 200) return ''
  const head = Math.ceil(room * 0.7)
  return whole(text.slice(0, head)) + mark + whole(text.slice(text.length - (room - head)))
}

/** Without the half of a surrogate pair at either end. */
function whole(text: string): string {
  return text.replace(/^[\uDC00-\uDFFF]/, '').replace(/[\uD800-\uDBFF]$/, '')
}

function same(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, content]) => b.get(name) === content)
}

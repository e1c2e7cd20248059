import type { CommandContext } from '../context.js'
import { type LineStyles, showLine } from './lines.js'

/** What `logs.tail` and a look at the file give. */
export interface LogPage {
  readonly file: string
  readonly cursor: number
  readonly size: number
  readonly lines: readonly string[]
  readonly truncated?: boolean
  readonly reset?: boolean
  readonly skippedBytes?: number
}

/** Writes pages of the log: lines on stdout, remarks on stderr, or everything as JSON lines on stdout. */
export class LogPrinter {
  readonly #context: CommandContext
  readonly #styles: LineStyles
  readonly #keeps: (line: string) => boolean

  /** `keeps`: which lines are shown. */
  constructor(context: CommandContext, styles: LineStyles, keeps: (line: string) => boolean = () => true) {
    this.#context = context
    this.#styles = styles
    this.#keeps = keeps
  }

  /** The first page says where it comes from. */
  begin(page: LogPage, sourceKind: 'gateway' | 'file'): void {
    const { out, t } = this.#context
    const { file, cursor, size } = page
    if (this.#styles.json) this.#json({ type: 'meta', file, sourceKind, cursor, size })
    else out.raw(`${t('logs.file', { file })}\n`)
    this.#lines(page.lines)
  }

  /** A page after the first. */
  more(page: LogPage): void {
    const { t } = this.#context
    if (page.reset) this.notice(t('logs.reset', { file: page.file }))
    else if (page.skippedBytes) this.notice(t('logs.skipped', { bytes: page.skippedBytes }))
    this.#lines(page.lines)
  }

  notice(message: string): void {
    if (this.#styles.json) this.#json({ type: 'notice', message })
    else this.#context.out.note(`[openclaw] ${message}`)
  }

  #lines(all: readonly string[]): void {
    const lines = all.filter(this.#keeps)
    if (lines.length > 0) this.#context.out.raw(lines.map((line) => showLine(line, this.#styles)).join(''))
  }

  #json(value: object): void {
    this.#context.out.raw(`${JSON.stringify(value)}\n`)
  }
}

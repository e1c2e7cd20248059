/** A line of a hunk: kept, removed or added. */
export interface HunkLine {
  readonly kind: ' ' | '-' | '+'
  readonly text: string
}

export interface Hunk {
  /** Lines that are looked for one after the other before the hunk: what follows `@@`. */
  readonly anchors: readonly string[]
  readonly lines: readonly HunkLine[]
  /** The hunk is at the end of the file. */
  readonly atEnd: boolean
}

export type PatchStep =
  | { readonly kind: 'add'; readonly path: string; readonly text: string }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'update'; readonly path: string; readonly moveTo?: string; readonly hunks: readonly Hunk[] }

export type ParsedPatch = { readonly steps: readonly PatchStep[] } | { readonly problem: string }

const BEGIN = '*** Begin Patch'
const END = '*** End Patch'
const END_OF_FILE = '*** End of File'
const header = /^\*\*\* (Add|Update|Delete) File: (.*)$/
const moveHeader = /^\*\*\* Move to: (.*)$/

/**
 * Reads the patch format that coding models are trained on: `*** Begin Patch`, sections `*** Add File:`,
 * `*** Delete File:`, `*** Update File:` (with `*** Move to:`, hunks after `@@`, `*** End of File`), `*** End Patch`.
 */
export function parsePatch(input: string): ParsedPatch {
  const lines = unwrap(input.replaceAll('\r\n', '\n').trim().split('\n'))
  if (lines[0]?.trim() !== BEGIN) return { problem: `The first line must be "${BEGIN}".` }
  if (lines.at(-1)?.trim() !== END || lines.length < 2) return { problem: `The last line must be "${END}".` }
  const reader = new Reader(lines.slice(1, -1))
  const steps: PatchStep[] = []
  while (reader.more) {
    const step = readStep(reader)
    if (typeof step === 'string') return { problem: `Line ${reader.number + 1}: ${step}` }
    if (step) steps.push(step)
  }
  return steps.length === 0 ? { problem: 'The patch changes nothing.' } : { steps }
}

/** Models put patches into a here-document or a fence by habit. */
function unwrap(lines: string[]): string[] {
  const first = lines[0]?.trim() ?? ''
  const word = /^(?:apply_patch\s*)?<<-?\s*(['"]?)(\w+)\1$/.exec(first)?.[2]
  const fenced = /^```\w*$/.test(first) && lines.at(-1)?.trim() === '```'
  return (word !== undefined && lines.at(-1)?.trim() === word) || fenced ? lines.slice(1, -1) : lines
}

class Reader {
  #at = 0
  readonly #lines: readonly string[]

  constructor(lines: readonly string[]) {
    this.#lines = lines
  }

  get more(): boolean {
    return this.#at < this.#lines.length
  }

  /** Of the line that comes next, from 1. */
  get number(): number {
    return this.#at + 1
  }

  get next(): string {
    return this.#lines[this.#at] ?? ''
  }

  take(): string {
    const line = this.next
    this.#at += 1
    return line
  }

  /** Lines up to the next section. */
  takeSection(): string[] {
    const lines: string[] = []
    while (this.more && !header.test(this.next)) lines.push(this.take())
    return lines
  }
}

/** Undefined for a blank line between sections; a text when something is wrong. */
function readStep(reader: Reader): PatchStep | string | undefined {
  if (reader.next.trim() === '') {
    reader.take()
    return undefined
  }
  const [, verb, name] = header.exec(reader.next) ?? []
  const path = name?.trim()
  if (verb === undefined) return 'expected "*** Add File:", "*** Update File:" or "*** Delete File:".'
  if (!path) return 'the file has no name.'
  reader.take()
  if (verb === 'Add') return readAdd(path, reader.takeSection())
  if (verb === 'Update') return readUpdate(path, reader)
  const rest = reader.takeSection().find((line) => line.trim() !== '')
  return rest === undefined ? { kind: 'delete', path } : `nothing may follow "*** Delete File: ${path}".`
}

function readAdd(path: string, section: readonly string[]): PatchStep | string {
  const lines = [...section]
  while (lines.at(-1)?.trim() === '') lines.pop()
  if (lines.some((line) => !line.startsWith('+'))) return `every line of the new file ${path} must begin with "+".`
  return { kind: 'add', path, text: lines.map((line) => `${line.slice(1)}\n`).join('') }
}

function readUpdate(path: string, reader: Reader): PatchStep | string {
  const moveTo = moveHeader.exec(reader.next)?.[1]?.trim()
  if (moveTo !== undefined) reader.take()
  if (moveTo === '') return `"*** Move to:" of ${path} has no name.`
  const hunks = readHunks(reader.takeSection())
  if (typeof hunks === 'string') return `${path}: ${hunks}`
  if (hunks.length === 0 && moveTo === undefined) return `the update of ${path} changes nothing.`
  return { kind: 'update', path, hunks, ...(moveTo !== undefined && { moveTo }) }
}

function readHunks(section: readonly string[]): Hunk[] | string {
  const hunks: Hunk[] = []
  let anchors: string[] = []
  let lines: HunkLine[] = []
  const finish = (atEnd: boolean) => {
    const kept = atEnd ? lines : withoutBlankTail(lines)
    if (kept.some(({ kind }) => kind !== ' ')) hunks.push({ anchors, lines: kept, atEnd })
    anchors = []
    lines = []
  }
  for (const line of section) {
    if (line.startsWith('@@')) {
      if (lines.length > 0) finish(false)
      const anchor = line
        .slice(2)
        .trim()
        .replace(/\s*@@$/, '')
      // Line numbers of a unified diff say nothing here: the lines themselves say where they stand.
      if (anchor !== '' && !/^-\d+(,\d+)? \+\d+(,\d+)?\b/.test(anchor)) anchors.push(anchor)
    } else if (line.trim() === END_OF_FILE) finish(true)
    else if (line === '') lines.push({ kind: ' ', text: '' })
    else if (line[0] === ' ' || line[0] === '-' || line[0] === '+') lines.push({ kind: line[0], text: line.slice(1) })
    else return `a line of a hunk must begin with " ", "-", "+" or "@@": ${JSON.stringify(line.slice(0, 80))}.`
  }
  finish(false)
  return hunks
}

/** Blank lines before the next section are no part of the hunk. */
function withoutBlankTail(lines: readonly HunkLine[]): readonly HunkLine[] {
  let end = lines.length
  while (end > 0 && lines[end - 1]?.kind === ' ' && lines[end - 1]?.text === '') end -= 1
  return lines.slice(0, end)
}

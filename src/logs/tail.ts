import { type FileHandle, open } from 'node:fs/promises'

export interface TailRequest {
  /** Byte offset that an earlier answer gave; absent: the end of the file. */
  readonly cursor?: number | undefined
  /** Most lines. */
  readonly limit: number
  /** Most bytes that are read. */
  readonly maxBytes: number
}

export interface LogPage {
  readonly file: string
  /** Where the next page begins. */
  readonly cursor: number
  /** Bytes of the file. */
  readonly size: number
  readonly lines: readonly string[]
  /** Older lines were left out. */
  readonly truncated?: true
  /** The cursor is of another file, or of one that was cut; this is the end of the file of now. */
  readonly reset?: true
  /** Bytes after the cursor that were left out. */
  readonly skippedBytes?: number
}

const newline = 0x0a

/**
 * Lines of a log file: its end, or what came after a cursor. With a cursor nothing is left out: what does not fit is for
 * the next call. A line that is still being written is for the next call too. Never reads more than `maxBytes`.
 */
export async function tailLog(path: string, request: TailRequest): Promise<LogPage> {
  const file = await openFile(path)
  if (!file) return { file: path, cursor: 0, size: 0, lines: [], ...(request.cursor && { reset: true }) }
  try {
    const { size } = await file.stat()
    if (request.cursor === undefined) return { file: path, size, ...(await lastLines(file, size, request)) }
    return { file: path, size, ...(await nextLines(file, size, request.cursor, request)) }
  } finally {
    await file.close()
  }
}

/** Undefined when there is no such file, or when it is a device that cannot be read back. */
async function openFile(path: string): Promise<FileHandle | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  if (!file) return undefined
  if ((await file.stat()).isFile()) return file
  await file.close()
  return undefined
}

type Page = Omit<LogPage, 'file' | 'size'>

async function lastLines(file: FileHandle, size: number, { limit, maxBytes }: TailRequest): Promise<Page> {
  const from = Math.max(0, size - maxBytes)
  const bytes = await read(file, from, size - from)
  // What a page begins with in the middle is no line.
  const begin = from === 0 ? 0 : bytes.indexOf(newline) + 1
  const end = bytes.lastIndexOf(newline) + 1
  if (end === 0) return { cursor: 0, lines: [], ...(from > 0 && { truncated: true }) }
  const lines = linesOf(bytes.subarray(begin, end))
  const truncated = from > 0 || lines.length > limit
  return { cursor: from + end, lines: lines.slice(-limit), ...(truncated && { truncated }) }
}

async function nextLines(file: FileHandle, size: number, cursor: number, request: TailRequest): Promise<Page> {
  const other = async (): Promise<Page> => ({ ...(await lastLines(file, size, request)), reset: true })
  if (cursor > size) return other()
  // A cursor stands behind the end of a line. When it does not, the file is another one.
  const before = cursor > 0 ? 1 : 0
  const bytes = await read(file, cursor - before, Math.min(size - cursor + before, request.maxBytes))
  if (before === 1 && bytes[0] !== newline) return other()
  const end = endOfLines(bytes, before, request.limit)
  if (end > before) return { cursor: cursor - before + end, lines: linesOf(bytes.subarray(before, end)) }
  if (size - cursor + before <= request.maxBytes) return { cursor, lines: [] }
  return overLong(file, size, cursor, request)
}

/** A line longer than a page would stop the reader for good: it goes on at the end of the file, and is told so. */
async function overLong(file: FileHandle, size: number, cursor: number, request: TailRequest): Promise<Page> {
  const page = await lastLines(file, size, request)
  if (page.cursor <= cursor) return { cursor, lines: [] }
  return { ...page, truncated: true, skippedBytes: Math.max(0, size - request.maxBytes - cursor) }
}

/** The index behind the last of at most `limit` whole lines that begin at `begin`; `begin` when there is none. */
function endOfLines(bytes: Buffer, begin: number, limit: number): number {
  let end = begin
  for (let count = 0; count < limit; count += 1) {
    const next = bytes.indexOf(newline, end)
    if (next < 0) break
    end = next + 1
  }
  return end
}

function linesOf(bytes: Buffer): string[] {
  const lines = bytes.toString('utf8').split('\n')
  // Behind the last newline is nothing.
  return lines.slice(0, -1)
}

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}

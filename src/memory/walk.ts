import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Corpus, type CorpusRoot, isMarkdown, MAX_FILE_BYTES } from './corpus.js'

const MAX_FILES = 2_000
/** Of all files together, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024
const MAX_DEPTH = 10
/** A file that changed this short a time ago may change again without its times changing. */
const RACY_MS = 2_000

export interface NoteFile {
  /** As the corpus calls it. */
  readonly path: string
  readonly bytes: number
  /** Changes when the file does; empty when its times cannot be trusted yet. */
  readonly stamp: string
}

export interface Walk {
  readonly files: readonly NoteFile[]
  /** What was left out, and why; for people. */
  readonly problems: readonly string[]
}

/** The Markdown files of a corpus, by path. Links, hidden folders and what is too large or too much are left out. */
export async function walkCorpus({ roots }: Corpus, now: number): Promise<Walk> {
  const found = new Map<string, NoteFile>()
  const problems: string[] = []
  let bytes = 0
  for (const root of roots) {
    for (const file of await filesIn(root, now)) {
      const name = file.path
      if (found.has(name)) continue
      if (file.bytes > MAX_FILE_BYTES) {
        problems.push(`${name} is larger than ${MAX_FILE_BYTES / 1024} KB.`)
        continue
      }
      if (found.size >= MAX_FILES || bytes + file.bytes > MAX_BYTES) {
        problems.push(`There is more than ${MAX_FILES} files or ${MAX_BYTES / 1024 / 1024} MB; the rest is left out.`)
        return { files: [...found.values()], problems }
      }
      bytes += file.bytes
      found.set(name, file)
    }
  }
  return { files: [...found.values()], problems }
}

async function filesIn(root: CorpusRoot, now: number): Promise<NoteFile[]> {
  const paths = (await pathsOf(root)).slice(0, MAX_FILES + 1)
  const name = (path: string) => (path === '' ? root.name : `${root.name}/${path}`)
  const files = await Promise.all(paths.map((path) => look(join(root.real, path), name(path), now)))
  return files.filter((file) => file !== undefined)
}

/** Relative paths in a root, sorted; the empty one for a root that is a file. */
async function pathsOf({ real, folder }: CorpusRoot): Promise<string[]> {
  if (!folder) return ['']
  const paths: string[] = []
  let level = ['']
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0 && paths.length <= MAX_FILES; depth += 1) {
    const next: string[] = []
    for (const parent of level) {
      for (const entry of await entriesOf(join(real, parent))) {
        const path = parent === '' ? entry.name : `${parent}/${entry.name}`
        if (entry.isDirectory()) next.push(path)
        else if (entry.isFile() && isMarkdown(entry.name)) paths.push(path)
      }
    }
    level = next
  }
  return paths.sort()
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
}

async function look(path: string, name: string, now: number): Promise<NoteFile | undefined> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined)
  if (!found?.isFile()) return undefined
  const settled = now - Number(found.mtimeMs) > RACY_MS && now - Number(found.ctimeMs) > RACY_MS
  const stamp = settled ? [found.size, found.mtimeNs, found.ctimeNs, found.ino].join(':') : ''
  return { path: name, bytes: Number(found.size), stamp }
}

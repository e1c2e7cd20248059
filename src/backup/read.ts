import { createHash, type Hash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ReadEntry } from 'tar'
import { BackupManifest } from '../../schemas/backup.js'
import { GatewayError } from '../kernel/errors.js'

export const manifestName = 'manifest.json'
const maxManifestBytes = 128 * 1024 * 1024
const maxNameLength = 4096

/**
 * Reads a whole archive without trusting it: first a manifest of ours, then exactly the regular files that it lists,
 * with their sizes and hashes. Links, absolute names, `..`, unknown and repeated names end it. With `into` (an empty
 * folder) the files are written there, readable by the user alone. Throws `backup_invalid`, also for an archive that is
 * cut or not one at all; whatever was written by then is the caller's to remove.
 */
export async function readArchive(archive: string, into?: string): Promise<BackupManifest> {
  const found = await stat(archive).catch(() => undefined)
  if (!found?.isFile()) throw invalid(`${archive} is not a file.`)
  const { list } = await import('tar')
  const reader = new Reader(into, await manifestCheck())
  try {
    await list({ file: archive, strict: true, onReadEntry: (entry) => reader.take(entry) })
  } catch (cause) {
    reader.fail(`It is damaged or not an archive (${cause instanceof Error ? cause.message : String(cause)}).`)
  }
  const manifest = reader.finish()
  if (into !== undefined) {
    for (const name of manifest.folders ?? [])
      mkdirSync(join(into, ...name.split('/')), { recursive: true, mode: 0o700 })
  }
  return manifest
}

class Reader {
  readonly #into: string | undefined
  readonly #check: Check
  readonly #chunks: Buffer[] = []
  readonly #done = new Set<string>()
  #manifest: BackupManifest | undefined
  #files = new Map<string, BackupManifest['files'][number]>()
  #problem: string | undefined
  #first = true

  constructor(into: string | undefined, check: Check) {
    this.#into = into
    this.#check = check
  }

  /** Keeps the first problem. An error that is thrown inside of the parser would get lost. */
  fail(problem: string): void {
    this.#problem ??= problem
  }

  take(entry: ReadEntry): void {
    if (this.#problem !== undefined) return
    try {
      const name = entry.path.replace(/^\.\//, '')
      if (this.#first) this.#takeManifest(entry, name)
      else this.#takeFile(entry, name)
      this.#first = false
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error))
    }
  }

  finish(): BackupManifest {
    const missing = [...this.#files.keys()].find((name) => !this.#done.has(name))
    if (!this.#manifest) this.fail('It has no manifest.')
    else if (missing !== undefined) this.fail(`${missing} is missing in it.`)
    if (this.#problem !== undefined || !this.#manifest) throw invalid(this.#problem ?? 'It has no manifest.')
    return this.#manifest
  }

  #takeManifest(entry: ReadEntry, name: string): void {
    if (name !== manifestName || entry.type !== 'File') throw new Error('It does not begin with a manifest.')
    if (entry.size > maxManifestBytes) throw new Error('Its manifest is too large.')
    entry.on('data', (chunk) => this.#chunks.push(chunk))
    entry.on('end', () => {
      try {
        this.#manifest = parseManifest(Buffer.concat(this.#chunks).toString('utf8'), this.#check)
        this.#files = new Map(this.#manifest.files.map((file) => [file.path, file]))
      } catch (error) {
        this.fail(error instanceof Error ? error.message : String(error))
      }
    })
  }

  #takeFile(entry: ReadEntry, name: string): void {
    const shown = JSON.stringify(name.slice(0, 200))
    if (entry.type !== 'File' && entry.type !== 'OldFile')
      throw new Error(`${shown} is not a regular file (${entry.type}).`)
    const problem = nameProblem(name)
    if (problem) throw new Error(`${shown} ${problem}.`)
    const file = this.#files.get(name)
    if (!file) throw new Error(`${shown} is not in its manifest.`)
    if (this.#done.has(name)) throw new Error(`${shown} is in it twice.`)
    if (entry.size !== file.size) throw new Error(`${shown} has another size than its manifest says.`)
    this.#done.add(name)
    const sink = this.#into === undefined ? undefined : openSink(join(this.#into, ...name.split('/')))
    const hash: Hash = createHash('sha256')
    entry.on('data', (chunk) => {
      hash.update(chunk)
      if (sink !== undefined) this.#write(sink, chunk)
    })
    entry.on('end', () => {
      if (sink !== undefined) closeSync(sink)
      if (hash.digest('hex') !== file.sha256) this.fail(`${shown} is not what its manifest says.`)
    })
  }

  #write(sink: number, chunk: Buffer): void {
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(sink, chunk, at)
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error))
    }
  }
}

/** Written while it is read: the parser waits for nobody, and a restore has nothing else to do meanwhile. */
function openSink(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  return openSync(path, 'wx', 0o600)
}

/** Names that could lead out of the folder, on any system. */
export function nameProblem(name: string): string | undefined {
  if (name.length === 0 || name.length > maxNameLength) return 'has no usable name'
  if (/^[/\\]|^[A-Za-z]:|\\|\0/.test(name)) return 'is not a relative name'
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) return 'leads out of the archive'
  if (!/^(?:config\/openclaw\.json$|state\/|workspaces\/\d+\/)/.test(name)) return 'has no place in a profile'
  return undefined
}

type Check = (value: unknown) => string | undefined

/** The schema of the manifest, compiled when an archive is read. */
async function manifestCheck(): Promise<Check> {
  const { Ajv } = await import('ajv')
  const validate = new Ajv({ strict: false, logger: false }).compile(BackupManifest)
  return (value) => {
    if (validate(value)) return undefined
    const [first] = validate.errors ?? []
    return `${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim()
  }
}

function parseManifest(text: string, check: Check): BackupManifest {
  const value: unknown = JSON.parse(text)
  const { format, schemaVersion } = Object(value)
  if (format !== 'openclaw-backup') throw new Error('It is not a backup of openclaw.')
  if (schemaVersion !== 1) {
    throw new Error(`It was written by another version (schema ${String(schemaVersion)}). Update openclaw.`)
  }
  const wrong = check(value)
  if (wrong !== undefined) throw new Error(`Its manifest is not valid: ${wrong}.`)
  const manifest = value as BackupManifest
  const names = new Set<string>()
  for (const path of [...manifest.files.map((file) => file.path), ...(manifest.folders ?? [])]) {
    const problem = names.has(path) ? 'is listed twice' : nameProblem(path)
    if (problem) throw new Error(`${JSON.stringify(path.slice(0, 200))} ${problem}.`)
    names.add(path)
  }
  return manifest
}

function invalid(problem: string): GatewayError {
  return new GatewayError('backup_invalid', { message: `The backup cannot be used. ${problem} Nothing was changed.` })
}

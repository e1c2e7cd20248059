import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { expandHome } from '../../kernel/expand-home.js'
import { failureOf, SecretFault } from '../failure.js'
import { readPointer } from '../json-pointer.js'
import type { FileProvider, Outcome } from '../types.js'
import type { Answers, Ask } from './ask.js'
import { within } from './within.js'

const defaultTimeoutMs = 5_000
const defaultMaxBytes = 1024 * 1024

/**
 * Reads a file that only its owner can get at: regular, no link, one name, no access for others (spec/config.md 5.3).
 * What is checked is the opened file, so nothing can be put in its place in between.
 */
export async function readSecretFile(ask: Ask<FileProvider>): Promise<Answers> {
  const { alias, provider, ids, clock } = ask
  const text = await within(clock, provider.timeoutMs ?? defaultTimeoutMs, alias, () => readChecked(ask))
  if (provider.mode === 'singleValue') {
    const value = text.replace(/\r?\n$/, '')
    return new Map(ids.map((id): [string, Outcome] => [id, single(alias, id, value)]))
  }
  const root = parse(alias, text)
  return new Map(ids.map((id): [string, Outcome] => [id, pointed(alias, root, id)]))
}

function single(alias: string, id: string, value: string): Outcome {
  if (id === 'value') return { ok: true, value }
  const message = `The provider "${alias}" has mode singleValue: the id of its one secret is "value".`
  return { ok: false, failure: failureOf('SECRET_REF_INVALID', message) }
}

function pointed(alias: string, root: object, id: string): Outcome {
  if (!id.startsWith('/')) {
    const message = `The provider "${alias}" reads JSON: ids are pointers such as /providers/openai/apiKey.`
    return { ok: false, failure: failureOf('SECRET_REF_INVALID', message) }
  }
  const value = readPointer(root, id)
  if (value !== undefined) return { ok: true, value }
  const message = `The file of the provider "${alias}" has nothing at this pointer. Add it there.`
  return { ok: false, failure: failureOf('SECRET_REF_NOT_FOUND', message) }
}

function parse(alias: string, text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's own message shows a part of the text.
    throw new SecretFault('SECRET_REF_PROVIDER_CONTRACT', `The file of the provider "${alias}" is not valid JSON.`)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new SecretFault('SECRET_REF_PROVIDER_CONTRACT', `The file of the provider "${alias}" is not a JSON object.`)
}

async function readChecked({ alias, provider, home }: Ask<FileProvider>): Promise<string> {
  const path = expandHome(provider.path, home)
  const setting = `secrets.providers.${alias}.path`
  if (!isAbsolute(path)) throw new SecretFault('SECRET_PROVIDER_INVALID', `${setting} is not an absolute path.`)
  if (process.platform === 'win32') throw unverifiable(setting)
  const file = await openPlain(path, setting)
  try {
    await checkFile(file, setting, provider.maxBytes ?? defaultMaxBytes)
    return (await file.readFile('utf8')).replace(/^\uFEFF/, '')
  } finally {
    await file.close()
  }
}

export function unverifiable(setting: string): SecretFault {
  return new SecretFault(
    'SECRET_PROVIDER_PATH_SECURITY_UNVERIFIABLE',
    `${setting}: who else may change this file cannot be verified on this system. Use a variable of the environment.`,
  )
}

async function openPlain(path: string, setting: string): Promise<FileHandle> {
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ELOOP') throw denied(setting, 'is a symbolic link. Name the file itself')
    if (code === 'ENOENT') throw new SecretFault('SECRET_PROVIDER_UNAVAILABLE', `${setting}: there is no such file.`)
    throw new SecretFault('SECRET_PROVIDER_UNAVAILABLE', `${setting}: the file cannot be read (${code}).`)
  }
}

async function checkFile(file: FileHandle, setting: string, maxBytes: number): Promise<void> {
  const stats = await file.stat()
  if (!stats.isFile()) throw denied(setting, 'is not a regular file')
  if (stats.nlink !== 1) throw denied(setting, 'has more than one hard link')
  const uid = process.getuid?.()
  if (uid !== undefined && stats.uid !== uid) throw denied(setting, 'belongs to another user')
  if ((stats.mode & 0o077) !== 0) {
    const mode = (stats.mode & 0o777).toString(8)
    throw denied(setting, `has permissions that are too open (${mode}). Run: chmod 600 on it`)
  }
  if (stats.size > maxBytes) {
    throw new SecretFault('SECRET_PROVIDER_INVALID', `${setting}: the file is larger than maxBytes (${maxBytes}).`)
  }
}

const denied = (setting: string, what: string) => new SecretFault('SECRET_REF_POLICY_DENIED', `${setting} ${what}.`)

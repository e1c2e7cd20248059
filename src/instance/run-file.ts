import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../kernel/atomic-file.js'
import type { Instance } from './types.js'

/** What a running gateway says of itself. For humans and clients; a reader treats it as a hint, never as a lock. */
export interface RunRecord {
  readonly pid: number
  /** The real port, also when 0 was asked for. */
  readonly port: number
  readonly scheme: 'http' | 'https'
  /** SHA-256 of the certificate that it shows, upper-case hex with colons; clients of this machine pin it. */
  readonly tlsFingerprint?: string | undefined
  readonly addresses: readonly string[]
  readonly profile: string
  readonly version: string
  readonly instanceId: string
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly configPath: string
  readonly stateDir: string
}

/** Where the gateway listens, known once it is bound. */
export interface RunFacts {
  readonly port: number
  readonly addresses: readonly string[]
  readonly scheme?: 'http' | 'https'
  readonly tlsFingerprint?: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly pid?: number
}

const maxRunFileBytes = 16 * 1024

/** Writes the run-file (0600). Call it after the bind and after each change of port or address. */
export async function writeRunFile(instance: Instance, facts: RunFacts): Promise<RunRecord> {
  const record: RunRecord = {
    pid: facts.pid ?? process.pid,
    port: facts.port,
    scheme: facts.scheme ?? 'http',
    ...(facts.tlsFingerprint === undefined ? {} : { tlsFingerprint: facts.tlsFingerprint }),
    addresses: [...facts.addresses],
    profile: instance.profile,
    version: instance.version,
    instanceId: instance.id,
    startedAt: new Date(facts.startedAt).toISOString(),
    configPath: instance.paths.config,
    stateDir: instance.paths.state,
  }
  await writeAtomic(instance.paths.runFile, `${JSON.stringify(record, null, 2)}\n`)
  return record
}

/** Gives the record, or undefined when there is none that can be read. Never throws. */
export async function readRunFile(path: string): Promise<RunRecord | undefined> {
  try {
    const text = await readFile(path, 'utf8')
    const value: unknown = text.length > maxRunFileBytes ? undefined : JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Removes the run-file when it is this instance's own. */
export async function removeRunFile(instance: Pick<Instance, 'id' | 'paths'>): Promise<void> {
  const record = await readRunFile(instance.paths.runFile)
  if (record?.instanceId === instance.id) await rm(instance.paths.runFile, { force: true })
}

/** Run-files of this gateway and of all profiles under the same home (`~/.openclaw*`). */
export async function readRunFiles(paths: Pick<Instance['paths'], 'home' | 'runFile'>): Promise<RunRecord[]> {
  const names = await readdir(paths.home).catch((): string[] => [])
  const states = names.filter((name) => name === '.openclaw' || name.startsWith('.openclaw-'))
  const files = new Set([paths.runFile, ...states.map((name) => join(paths.home, name, 'run', 'gateway.json'))])
  const records = await Promise.all([...files].map(readRunFile))
  return records.filter((record) => record !== undefined)
}

function isRecord(value: unknown): value is RunRecord {
  if (typeof value !== 'object' || value === null) return false
  const has = (name: keyof RunRecord, type: string): boolean => typeof Reflect.get(value, name) === type
  const texts = ['profile', 'version', 'instanceId', 'startedAt', 'configPath', 'stateDir'] as const
  return (
    isNumber(Reflect.get(value, 'pid'), Number.MAX_SAFE_INTEGER) &&
    isNumber(Reflect.get(value, 'port'), 65_535) &&
    'scheme' in value &&
    (value.scheme === 'http' || value.scheme === 'https') &&
    ['string', 'undefined'].includes(typeof Reflect.get(value, 'tlsFingerprint')) &&
    'addresses' in value &&
    Array.isArray(value.addresses) &&
    value.addresses.every((address) => typeof address === 'string') &&
    texts.every((name) => has(name, 'string'))
  )
}

/** A pid of 0 or below would name a group of processes. */
function isNumber(value: unknown, max: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value <= max
}

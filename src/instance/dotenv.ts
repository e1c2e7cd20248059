import { readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Env } from './types.js'

const maxDotenvBytes = 1024 * 1024
const namesInNotice = 5

/** Decided before these files are read, so a `.env` file cannot set them. */
const identity = new Set(['OPENCLAW_PROFILE', 'OPENCLAW_HOME', 'OPENCLAW_STATE_DIR', 'OPENCLAW_CONFIG_PATH'])

/** `./.env` may come with a cloned repository: it sets neither credentials and endpoints nor how processes run. */
const untrusted = [
  /^OPENCLAW_/,
  /(^|_)(API_?KEYS?|TOKENS?|SECRETS?|PASSWORDS?|PASSWD|CREDENTIALS?|(ACCESS|PRIVATE|SECRET)_KEY(_ID)?)$/,
  /_(BASE_URL|ENDPOINT|API_HOST|HOMESERVER)$/,
  /^(LD_|DYLD_|NODE_(?!ENV$)|NPM_CONFIG_|GIT_|SSL_)/,
  /(^|_)PROXY$/,
  /^(PATH|HOME|USERPROFILE|SHELL|BASH_ENV|ENV|IFS|PYTHONPATH|PERL5LIB|RUBYOPT)$/,
]

export interface DotenvPlaces {
  readonly cwd: string
  readonly state: string
  readonly home: string
  /** True for `~/.openclaw`: only there the old `~/.config/openclaw/gateway.env` counts. */
  readonly defaultState: boolean
}

/**
 * Adds the `.env` files to the process environment; the first setter wins (spec/config.md 1.4): the process, `./.env`
 * (untrusted), `<state>/.env`, `~/.config/openclaw/gateway.env`.
 */
export function withDotenv(env: Env, places: DotenvPlaces, notices: string[]): Env {
  const cwdFile = resolve(places.cwd, '.env')
  const stateFile = join(places.state, '.env')
  const legacyFile = join(places.home, '.config', 'openclaw', 'gateway.env')
  const cwd =
    cwdFile === stateFile
      ? {}
      : keep(read(cwdFile, notices), isTrusted, (names) => {
          notices.push(`Ignored in ${cwdFile}: ${names}. Put credentials and OPENCLAW_* variables into ${stateFile}.`)
        })
  const state = keep(read(stateFile, notices), isNotIdentity, (names) => {
    notices.push(`Ignored in ${stateFile}: ${names}. Set it before the start; it decides which file is read.`)
  })
  const legacy = places.defaultState ? keep(read(legacyFile, notices), isNotIdentity, () => {}) : {}
  const conflicts = Object.keys(legacy).filter((name) => state[name] !== undefined && state[name] !== legacy[name])
  if (conflicts.length > 0) {
    notices.push(`${legacyFile} also sets ${list(conflicts)}; ${stateFile} wins. Remove one of them.`)
  }
  return { ...legacy, ...state, ...cwd, ...env }
}

const isTrusted = (name: string): boolean => !untrusted.some((pattern) => pattern.test(name.toUpperCase()))
const isNotIdentity = (name: string): boolean => !identity.has(name)

function keep(values: Env, test: (name: string) => boolean, onDropped: (names: string) => void): Env {
  const dropped = Object.keys(values).filter((name) => !test(name))
  if (dropped.length > 0) onDropped(list(dropped))
  return Object.fromEntries(Object.entries(values).filter(([name]) => test(name)))
}

function read(path: string, notices: string[]): Env {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats || stats.isDirectory()) return {}
    if (!stats.isFile() || stats.size > maxDotenvBytes) {
      notices.push(`Ignored ${path}: it is not a regular file of at most 1 MiB.`)
      return {}
    }
    return parseEnv(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    if (code !== 'ENOTDIR') notices.push(`Could not read ${path} (${code}). Check the permissions of ${dirname(path)}.`)
    return {}
  }
}

function list(names: readonly string[]): string {
  const more = names.length - namesInNotice
  return names.slice(0, namesInNotice).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

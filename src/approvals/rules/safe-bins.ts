import { basename, dirname } from 'node:path'
import type { Executable } from '../shell/executable.js'

/** Which arguments keep a filter a filter: it reads its input, writes its output, and touches no file. */
interface Filter {
  /** Letters of options without a value. */
  readonly flags: string
  /** Letters of options with a value. */
  readonly values?: string
  readonly long?: readonly string[]
  readonly longValues?: readonly string[]
  /** Words that are no file names, e.g. the two sets of tr. */
  readonly operands?: number
  /** An operand that reads files after all. */
  readonly refused?: RegExp
}

const filters: Readonly<Record<string, Filter>> = {
  cut: {
    flags: 'sn',
    values: 'bcdf',
    long: ['complement', 'only-delimited'],
    longValues: ['bytes', 'characters', 'delimiter', 'fields', 'output-delimiter'],
  },
  head: { flags: 'qv0123456789', values: 'nc', long: ['quiet', 'silent', 'verbose'], longValues: ['lines', 'bytes'] },
  tail: { flags: 'qv0123456789', values: 'nc', long: ['quiet', 'silent', 'verbose'], longValues: ['lines', 'bytes'] },
  tr: { flags: 'cCdst', long: ['complement', 'delete', 'squeeze-repeats', 'truncate-set1'], operands: 2 },
  uniq: {
    flags: 'cdDiuz',
    values: 'fsw',
    long: ['count', 'repeated', 'unique', 'ignore-case'],
    longValues: ['skip-fields', 'skip-chars', 'check-chars'],
  },
  wc: { flags: 'clmwL', long: ['bytes', 'chars', 'lines', 'words', 'max-line-length'] },
  sort: {
    flags: 'bdfghiMnRrsuVz',
    values: 'kt',
    long: ['numeric-sort', 'reverse', 'unique', 'version-sort', 'human-numeric-sort'],
    longValues: ['key', 'field-separator'],
  },
  grep: {
    flags: 'EFGPivwxcoqnhaz0123456789',
    values: 'ABCm',
    long: ['ignore-case', 'invert-match', 'count', 'only-matching', 'quiet', 'line-number'],
    longValues: ['max-count'],
    operands: 1,
  },
  nl: { flags: '', values: 'bnsvw' },
  rev: { flags: '' },
  tac: { flags: '' },
  fold: { flags: 'bs0123456789', values: 'w' },
  column: { flags: 't', values: 's' },
  base64: { flags: 'dDi', values: 'w', long: ['decode'], longValues: ['wrap'] },
  sha256sum: { flags: 'bt' },
  md5sum: { flags: 'bt' },
  jq: {
    flags: 'cnreRsSaMC',
    long: ['compact-output', 'null-input', 'raw-output', 'raw-input', 'slurp', 'sort-keys'],
    operands: 1,
    refused: /\b(?:import|include|modulemeta|get_search_list)\b/,
  },
}

/** Filters that need no approval when the config does not say which do. */
export const defaultSafeBins: readonly string[] = ['cut', 'head', 'tail', 'tr', 'uniq', 'wc']
export const defaultTrustedFolders: readonly string[] = ['/bin', '/usr/bin']

export interface SafeBins {
  readonly names: readonly string[]
  readonly folders: readonly string[]
}

/** True for a filter from a trusted folder whose arguments name no file (spec/runtime.md 4.3). */
export function isSafe({ fromPath, path }: Executable, args: readonly string[], { names, folders }: SafeBins): boolean {
  const name = basename(path)
  if (!fromPath || !names.includes(name) || !folders.includes(dirname(path))) return false
  // A program that we do not know may take any word for a file: it may have flags only.
  return isFilterCall(args, filters[name] ?? { flags: '' }, !(name in filters))
}

function isFilterCall(args: readonly string[], filter: Filter, unknown: boolean): boolean {
  if (args.some((arg) => filter.refused?.test(arg))) return false
  let operands = 0
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? ''
    if (arg === '--') return operands + args.length - at - 1 <= (filter.operands ?? 0)
    if (unknown ? /^-[A-Za-z0-9-]+$/.test(arg) : longOption(arg, filter)) continue
    if (arg.startsWith('--')) return false
    if (arg.startsWith('-') && arg.length > 1) {
      const taken = cluster(arg.slice(1), filter)
      if (taken === undefined) return false
      if (taken === 'next') at += 1
      continue
    }
    operands += 1
  }
  return operands <= (filter.operands ?? 0)
}

function longOption(arg: string, { long = [], longValues = [] }: Filter): boolean {
  const [, name = '', value] = /^--([a-z0-9-]+)(=.*)?$/s.exec(arg) ?? []
  return value === undefined ? long.includes(name) : longValues.includes(name)
}

/** Whether a cluster of letters is fine, and whether its value is the next word. */
function cluster(letters: string, { flags, values = '' }: Filter): 'done' | 'next' | undefined {
  for (const [at, letter] of [...letters].entries()) {
    if (values.includes(letter)) return at === letters.length - 1 ? 'next' : 'done'
    if (!flags.includes(letter)) return undefined
  }
  return 'done'
}

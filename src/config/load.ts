import { hashFiles } from './hash.js'
import { type Layer, type Resolved, resolveIncludes } from './include.js'
import { Json5SyntaxError } from './json5/error.js'
import { parseJson5 } from './json5/parse.js'
import { locate } from './locate.js'
import { formatPath } from './path.js'
import { type ReadText, readText } from './read-text.js'
import type { ConfigFile, ConfigIssue, ConfigSource, InvalidConfig, LoadedConfig } from './types.js'
import { validate } from './validate.js'

export type Reader = (path: string) => Promise<ReadText>

/** A config as it stands on disk: parsed and with its includes, not yet mapped or checked. */
export interface ReadConfig {
  readonly ok: true
  readonly exists: boolean
  readonly hash: string
  readonly files: readonly ConfigFile[]
  readonly resolved: Resolved
}

/**
 * Reads, maps and checks a config (spec/config.md sections 1.2 to 1.6). Never throws: what is wrong with a file is in
 * the result, with file, line, column and what to do. A missing file is an empty config.
 */
export async function loadConfig(source: ConfigSource, reader: Reader = readText): Promise<LoadedConfig> {
  const read = await readConfig(source, reader)
  return read.ok ? validate(read.resolved, source, read) : read
}

/** Reads the main file and what it includes. */
export async function readConfig(source: ConfigSource, reader: Reader = readText): Promise<ReadConfig | InvalidConfig> {
  const read = await reader(source.path)
  if (read.kind === 'missing') return { ok: true, exists: false, hash: '', files: [], resolved: nothing }
  if (read.kind === 'unreadable') return invalid([], [{ path: '<root>', message: read.message, file: source.path }])
  const main = parseMain(source, read.text)
  if (!('root' in main)) return invalid([{ path: source.path, text: read.text }], [main])
  const resolved = await resolveIncludes(main, source.includeRoots, reader)
  const files = filesOf(main, resolved)
  if (resolved.failures.length > 0) return invalid(files, failures(resolved, source.path))
  return { ok: true, exists: true, hash: hashFiles(files), files, resolved }
}

const nothing: Resolved = { value: {}, layers: [], failures: [] }

function parseMain(source: ConfigSource, text: string): Layer | ConfigIssue {
  try {
    return { file: source.path, text, root: parseJson5(text), mount: [] }
  } catch (error) {
    if (!(error instanceof Json5SyntaxError)) throw error
    return { path: '<root>', message: error.message, file: source.path, ...error.position }
  }
}

function filesOf(main: Layer, { layers }: Resolved): ConfigFile[] {
  const included = layers.filter((layer) => layer !== main).map(({ file, text }) => ({ path: file, text }))
  return [{ path: main.file, text: main.text }, ...included]
}

function failures({ failures: found, layers }: Resolved, mainFile: string): ConfigIssue[] {
  return found.map(({ file, path, message, position }) =>
    position
      ? { path: formatPath(path), message, file, ...position }
      : locate(
          { path, message },
          path,
          layers.filter((layer) => layer.file === file),
          mainFile,
        ),
  )
}

function invalid(files: readonly ConfigFile[], issues: readonly ConfigIssue[]): InvalidConfig {
  return { ok: false, exists: true, hash: hashFiles(files), files, warnings: [], issues }
}

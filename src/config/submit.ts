import { GatewayError } from '../kernel/errors.js'
import { editConfig, replaceConfig } from './edit.js'
import { rejected } from './edit-errors.js'
import { holdsInclude } from './edit-request.js'
import type { EditOptions, EditResult } from './edit-types.js'
import { toValue } from './json5/node.js'
import { parseJson5 } from './json5/parse.js'
import { migrate } from './legacy/index.js'
import { readConfig } from './load.js'
import { isTree, type Tree } from './tree.js'
import type { ConfigIssue, ConfigSource } from './types.js'

/** An edit that a client of the control plane sends (spec/protocol.md 4.2). */
export interface Submission {
  /** JSON5: a whole config, or a merge patch. */
  readonly raw: string
  /** Hash that `config.get` gave; needed once there is a file. */
  readonly baseHash?: string | undefined
  /** Written to `meta.lastTouchedVersion`. */
  readonly version: string
  /** True: everything but the write. */
  readonly dryRun?: boolean | undefined
  /** True: a text that includes files is refused. */
  readonly noIncludes?: boolean | undefined
  /** See `EditOptions`. */
  readonly check?: EditOptions['check']
}

/**
 * Makes the config what `raw` says, placeholders of secrets standing for what is on disk. Only what differs is written,
 * so comments stay; a file that cannot be read, or a text with `$include`, is written as it is.
 * @throws GatewayError config_conflict, config_write_rejected, invalid_request, as clients expect them worded.
 */
export async function submitConfig(source: ConfigSource, submission: Submission): Promise<EditResult> {
  const value = parseRaw(submission.raw)
  if (submission.noIncludes && holdsInclude(value)) {
    throw rejected('invalid', '$include cannot be set from here. Edit the file by hand.')
  }
  const { readable, options } = await basisOf(source, submission)
  if (!readable || holdsInclude(value)) return worded(replaceConfig(source, submission.raw, options))
  migrate(value)
  return worded(editConfig(source, [{ op: 'set', path: [], value }], options))
}

/**
 * Merges `raw` into the config: null removes, objects with ids merge by id, and a list loses entries only when its path
 * is one of `replacePaths`.
 * @throws GatewayError as `submitConfig`.
 */
export async function submitPatch(
  source: ConfigSource,
  submission: Submission,
  replacePaths: readonly string[],
): Promise<EditResult> {
  const value = parseRaw(submission.raw)
  const { options } = await basisOf(source, submission)
  migrate(value)
  return worded(editConfig(source, [{ op: 'merge', value, replaceLists: replacePaths }], options))
}

function parseRaw(raw: string): Tree {
  let value: unknown
  try {
    value = toValue(parseJson5(raw))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new GatewayError('invalid_request', { message: `raw is not valid JSON5: ${why}`, param: 'raw' })
  }
  if (isTree(value)) return value
  throw new GatewayError('invalid_request', { message: 'raw must be an object: { … }.', param: 'raw' })
}

async function basisOf(
  source: ConfigSource,
  { baseHash, version, dryRun = false, check }: Submission,
): Promise<{ readonly readable: boolean; readonly options: EditOptions }> {
  const read = await readConfig(source)
  if (read.exists && baseHash === undefined) {
    throw new GatewayError('config_conflict', { message: 'config base hash required; re-run config.get and retry' })
  }
  return { readable: read.ok, options: { expectHash: baseHash ?? '', version, restoreRedacted: true, dryRun, check } }
}

/** Official clients show these texts, and some look for them. */
async function worded(edit: Promise<EditResult>): Promise<EditResult> {
  try {
    return await edit
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    if (error.code === 'config_conflict') {
      throw new GatewayError('config_conflict', {
        message: 'config changed since last load; re-run config.get and retry',
      })
    }
    const issues = issuesOf(error)
    const [first] = issues
    if (!first) throw error
    throw rejected('invalid', `invalid config: ${first.path}: ${first.message}`, { issues })
  }
}

function issuesOf({ details }: GatewayError): readonly ConfigIssue[] {
  return Array.isArray(details?.issues) ? details.issues : []
}

import { GatewayError } from '../kernel/errors.js'
import { type Authored, authoredOf, canonicalPath } from './authored.js'
import { keepRejected } from './backups.js'
import { CannotEdit, editText, type NewText, overlay } from './edit-text.js'
import type { EditOptions, EditRequest, EditResult } from './edit-types.js'
import { applyEdits, type Edit } from './edits.js'
import { clobberReason } from './guards.js'
import { EditError } from './json5/edit.js'
import type { Path } from './json5/node.js'
import { type ReadConfig, readConfig } from './load.js'
import { formatPath, parsePath } from './path.js'
import { holdsRedacted, restoreRedacted } from './redact.js'
import { diffConfig } from './reload-classes.js'
import { planReload } from './reload-plan.js'
import { equalDeep, getAt, isTree, type Tree } from './tree.js'
import type { ConfigIssue, ConfigSource } from './types.js'
import { validate } from './validate.js'
import { replaceFile } from './write.js'

export type { EditOptions, EditRequest, EditResult } from './edit-types.js'

/** Tries when somebody else writes at the same time and the caller did not say which version the edit is for. */
const maxTries = 5

/**
 * Edits a config file: only the values that change, comments and layout stay. The result is checked as a whole before
 * anything is written; a file that changed meanwhile is never overwritten (spec/config.md section 1.7).
 * @throws GatewayError config_conflict, config_write_rejected, config_path_unset, config_path_unknown.
 */
export async function editConfig(
  source: ConfigSource,
  requests: readonly EditRequest[],
  options: EditOptions = {},
): Promise<EditResult> {
  return retrying(options, () =>
    change(source, options, (authored) => {
      const edits = requests.map((request) => resolve(request, authored, options))
      return applyEdits(authored.tree, edits)
    }),
  )
}

/**
 * Replaces the whole main file by `text`, which is written as it is, under the same checks and guards.
 * @throws GatewayError as `editConfig`.
 */
export async function replaceConfig(
  source: ConfigSource,
  text: string,
  options: EditOptions = {},
): Promise<EditResult> {
  return retrying(options, async () => {
    const before = await readForEdit(source, options)
    if (holdsRedacted(text)) throw rejected('redacted', 'The text holds redacted values. Put the real ones in.')
    return commit(source, options, before, { file: source.path, text })
  })
}

async function retrying(options: EditOptions, run: () => Promise<EditResult>): Promise<EditResult> {
  for (let tries = 1; ; tries++) {
    try {
      return await run()
    } catch (error) {
      const conflict = error instanceof GatewayError && error.code === 'config_conflict'
      if (!conflict || options.expectHash !== undefined || tries >= maxTries) throw error
    }
  }
}

async function change(
  source: ConfigSource,
  options: EditOptions,
  wanted: (authored: Authored) => Tree,
): Promise<EditResult> {
  const before = await readForEdit(source, options)
  const authored = authoredOf(before)
  if (!authored) throw rejected('invalid', 'The config is not an object. Put { … } around its keys.')
  const target = wanted(authored)
  if (equalDeep(target, authored.tree)) return unchanged(source, before)
  if (options.version !== undefined) stampVersion(target, options.version)
  return commit(source, options, before, await textFor(source, before, target))
}

async function readForEdit(source: ConfigSource, options: EditOptions): Promise<ReadConfig> {
  if (source.readOnly)
    throw rejected('read-only', 'The config is read-only here (OPENCLAW_CONFIG_READONLY). Change it at its source.')
  const read = await readConfig(source)
  if (options.expectHash !== undefined && options.expectHash !== read.hash) throw new GatewayError('config_conflict')
  if (read.ok) return read
  throw rejected('invalid', `The file must be repaired by hand first: ${describe(read.issues)}`, {
    issues: read.issues,
  })
}

async function textFor(source: ConfigSource, before: ReadConfig, target: Tree): Promise<NewText> {
  try {
    return await editText(source, before, target)
  } catch (error) {
    if (error instanceof CannotEdit) throw rejected('would-flatten', error.message)
    if (error instanceof EditError) throw rejected('invalid', error.message)
    throw error
  }
}

async function commit(
  source: ConfigSource,
  options: EditOptions,
  before: ReadConfig,
  next: NewText,
): Promise<EditResult> {
  const read = await readConfig(source, overlay(next))
  const after = read.ok ? await validate(read.resolved, source, read) : read
  if (!read.ok || !after.ok) {
    const issues = after.ok ? [] : after.issues
    throw rejected('invalid', `Config validation failed: ${describe(issues)}`, { issues })
  }
  const old = before.files.find((file) => file.path === next.file)
  if (old?.text === next.text) return unchanged(source, before)
  const [oldTree, newTree] = [authoredOf(before)?.tree, authoredOf(read)?.tree]
  const reason =
    old && !options.force && clobberReason({ tree: oldTree, text: old.text }, { tree: newTree, text: next.text })
  if (reason) await refuse(next, options, reason)
  const paths = diffConfig(oldTree, newTree)
  const backup = options.dryRun ? undefined : await replaceFile(next.file, next.text, before.files)
  return {
    changed: true,
    previousHash: before.hash,
    hash: after.hash,
    ...next,
    paths,
    reload: planReload('hybrid', paths).kind,
    warnings: after.warnings,
    ...(backup !== undefined && { backup }),
  }
}

async function refuse(next: NewText, options: EditOptions, reason: { code: string; message: string }): Promise<never> {
  const saved = options.dryRun ? undefined : await keepRejected(next.file, next.text, options.now ?? Date.now())
  const where = saved === undefined ? '' : ` The rejected text is in ${saved}.`
  throw rejected(
    reason.code,
    `The edit was rejected because ${reason.message}.${where} If it is meant, edit the file by hand.`,
    { saved },
  )
}

function unchanged(source: ConfigSource, before: ReadConfig): EditResult {
  const text = before.files[0]?.text ?? ''
  return {
    changed: false,
    previousHash: before.hash,
    hash: before.hash,
    file: source.path,
    text,
    paths: [],
    reload: 'none',
    warnings: [],
  }
}

/** Turns a request into an edit on the internal shape, refusing what must not come in. */
function resolve(request: EditRequest, authored: Authored, options: EditOptions): Edit {
  const path = canonicalPath(authored, stepsOf(request.path ?? []))
  if (request.op === 'unset') {
    if (getAt(authored.tree, path) !== undefined) return { op: 'unset', path }
    throw new GatewayError('config_path_unset', {
      message: `${formatPath(path)} is not set; nothing to remove.`,
      param: formatPath(path),
    })
  }
  const current = getAt(authored.tree, path)
  const value = options.restoreRedacted ? restoreRedacted(request.value, current) : request.value
  if (holdsRedacted(value))
    throw rejected('redacted', `The value for ${formatPath(path)} is a redacted placeholder. Give the real one.`)
  if (holdsInclude(value)) throw rejected('invalid', '$include cannot be set by an edit. Edit the file by hand.')
  return { op: request.op, path, value }
}

function stepsOf(path: string | Path): Path {
  const steps = typeof path === 'string' ? parsePath(path) : path
  if (steps) return steps
  throw new GatewayError('config_path_unknown', {
    message: `${JSON.stringify(path)} is not a config path. Write it like gateway.port or bindings[0].agentId.`,
  })
}

function holdsInclude(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsInclude)
  return isTree(value) && (Object.hasOwn(value, '$include') || Object.values(value).some(holdsInclude))
}

function stampVersion(target: Tree, version: string): void {
  target.meta = { ...(isTree(target.meta) && target.meta), lastTouchedVersion: version }
}

function describe(issues: readonly ConfigIssue[]): string {
  const [first] = issues
  if (!first) return 'unknown reason'
  const place = first.line === undefined ? '' : ` (${first.file}:${first.line}:${first.column})`
  const more = issues.length > 1 ? ` And ${issues.length - 1} more.` : ''
  return `${first.path}: ${first.message}${place}${more}`
}

function rejected(reason: string, message: string, details: Record<string, unknown> = {}): GatewayError {
  return new GatewayError('config_write_rejected', { message, details: { reason, ...details } })
}

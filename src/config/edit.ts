import { GatewayError } from '../kernel/errors.js'
import { withFileLock } from '../kernel/file-lock.js'
import { type Authored, authoredOf } from './authored.js'
import { keepRejected } from './backups.js'
import { describeIssues, notWritable, rejected } from './edit-errors.js'
import { resolveRequests } from './edit-request.js'
import { CannotEdit, editText, type NewText, overlay } from './edit-text.js'
import type { EditOptions, EditRequest, EditResult } from './edit-types.js'
import { applyEdits } from './edits.js'
import { clobberReason } from './guards.js'
import { EditError } from './json5/edit.js'
import { type ReadConfig, readConfig } from './load.js'
import { holdsRedacted, redactAuthored } from './redact.js'
import { diffConfig } from './reload-classes.js'
import { planReload } from './reload-plan.js'
import { equalDeep, isTree, type Tree } from './tree.js'
import type { ConfigSource } from './types.js'
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
  return guarded(source, options, () =>
    change(source, options, async (authored) => {
      const shown = options.restoreRedacted ? await redactAuthored(authored.tree) : undefined
      const edits = requests.flatMap((request) => resolveRequests(request, authored, shown))
      return applyEdits(authored.tree, edits)
    }),
  )
}

/**
 * Replaces the whole main file by `text`, which is written as it is, under the same checks and guards. The file may be
 * broken: this repairs it.
 * @throws GatewayError as `editConfig`.
 */
export async function replaceConfig(
  source: ConfigSource,
  text: string,
  options: EditOptions = {},
): Promise<EditResult> {
  return guarded(source, options, async () => {
    const before = await readForEdit(source, options, { repair: true })
    if (holdsRedacted(text)) throw rejected('redacted', 'The text holds redacted values. Put the real ones in.')
    return commit(source, options, before, { file: source.path, text })
  })
}

/** Under the write lock, and again when an editor that knows no lock came in between. */
async function guarded(
  source: ConfigSource,
  options: EditOptions,
  run: () => Promise<EditResult>,
): Promise<EditResult> {
  if (options.dryRun || source.readOnly) return run()
  try {
    return await withFileLock(source.path, 'config_conflict', () => retrying(options, run))
  } catch (error) {
    throw notWritable(error, source.path) ?? error
  }
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
  wanted: (authored: Authored) => Promise<Tree>,
): Promise<EditResult> {
  const before = await readForEdit(source, options)
  const authored = authoredOf(before)
  if (!authored) throw rejected('invalid', 'The config is not an object. Put { … } around its keys.')
  const target = await wanted(authored)
  if (equalDeep(target, authored.tree)) return unchanged(source, before)
  return commit(source, options, before, await stampedText(source, before, target, options.version))
}

async function readForEdit(source: ConfigSource, options: EditOptions, { repair = false } = {}): Promise<ReadConfig> {
  if (source.readOnly)
    throw rejected('read-only', 'The config is read-only here (OPENCLAW_CONFIG_READONLY). Change it at its source.')
  const read = await readConfig(source)
  if (options.expectHash !== undefined && options.expectHash !== read.hash) throw new GatewayError('config_conflict')
  if (read.ok) return read
  if (repair) return { ...read, ok: true, resolved: { value: {}, layers: [], failures: [] } }
  throw rejected('invalid', `The file must be repaired by hand first: ${describeIssues(read.issues)}`, {
    issues: read.issues,
  })
}

/** With the version of the writer, unless only an included file changes: that has none, and an edit changes one file. */
async function stampedText(
  source: ConfigSource,
  before: ReadConfig,
  target: Tree,
  version: string | undefined,
): Promise<NewText> {
  const text = await textFor(source, before, target)
  if (version === undefined || text.file !== source.path) return text
  const meta = { ...(isTree(target.meta) && target.meta), lastTouchedVersion: version }
  return textFor(source, before, { ...target, meta })
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
    throw rejected('invalid', `Config validation failed: ${describeIssues(issues)}`, { issues })
  }
  const found = (await options.check?.(after)) ?? []
  if (found.length > 0) {
    const issues = found.map((issue) => ({ ...issue, file: source.path }))
    throw rejected('invalid', `The config is unchanged: ${describeIssues(issues)}`, { issues })
  }
  const old = before.files.find((file) => file.path === next.file)
  if (old?.text === next.text) return unchanged(source, before)
  const [oldTree, newTree] = [authoredOf(before)?.tree, authoredOf(read)?.tree]
  const reason =
    old && !options.force && clobberReason({ tree: oldTree, text: old.text }, { tree: newTree, text: next.text })
  if (reason) await refuse(next, options, reason)
  const paths = diffConfig(oldTree, newTree)
  const keeps = { backup: options.keepsNoBackup !== true }
  const backup = options.dryRun ? undefined : await replaceFile(next.file, next.text, before.files, keeps)
  return {
    changed: true,
    previousHash: before.hash,
    hash: after.hash,
    ...next,
    tree: newTree,
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
    tree: authoredOf(before)?.tree,
    paths: [],
    reload: 'none',
    warnings: [],
  }
}

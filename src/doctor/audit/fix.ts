import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { editConfig } from '../../config/edit.js'
import type { EditRequest } from '../../config/edit-types.js'
import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { ValidConfig } from '../../config/types.js'
import { invalidConfig } from '../../config/watch.js'
import type { Instance } from '../../instance/types.js'
import { toGatewayError } from '../../kernel/errors.js'
import { auditedFiles } from './files.js'
import { channelScopes } from './open-policies.js'

export interface FixReport {
  readonly ok: boolean
  readonly stateDir: string
  readonly configPath: string
  readonly configWritten: boolean
  /** Config paths that were changed, with their new value. */
  readonly changes: readonly string[]
  readonly actions: readonly {
    readonly kind: 'chmod'
    readonly path: string
    /** In octal digits. */
    readonly mode: string
    readonly ok: boolean
    readonly skipped?: string
  }[]
  readonly errors: readonly string[]
}

/**
 * Takes rights away and nothing else (spec/config.md section 9): files of the profile to their owner alone, and groups
 * from open to a list. Never touches tokens, tools, addresses or plugins. `dryRun`: says what it would do.
 */
export async function fixSecurity(instance: Instance, { dryRun }: { readonly dryRun: boolean }): Promise<FixReport> {
  const { paths, version } = instance
  const source = configSource(instance)
  const loaded = await loadConfig(source)
  if (!loaded.ok) throw invalidConfig(loaded.issues)
  const errors: string[] = []
  const edits = closeGroups(loaded.config)
  let changes: readonly string[] = []
  try {
    if (edits.length > 0) changes = (await editConfig(source, edits, { version, dryRun })).paths
  } catch (error) {
    errors.push(toGatewayError(error).message)
  }
  const actions = await closeFiles(instance, loaded, dryRun)
  const failed = actions.filter(({ ok }) => !ok).map(({ path, skipped }) => `${path}: ${skipped ?? 'not changed'}`)
  errors.push(...failed)
  return {
    ok: errors.length === 0,
    stateDir: paths.state,
    configPath: paths.config,
    configWritten: changes.length > 0 && !dryRun,
    changes: changes.filter((path) => !path.startsWith('meta.')),
    actions,
    errors,
  }
}

/** WhatsApp knows its people by number: those who may write directly may go on in groups. */
function closeGroups(config: ValidConfig['config']): EditRequest[] {
  return channelScopes(config).flatMap(({ path, channel, settings }): EditRequest[] => {
    if (settings.groupPolicy !== 'open') return []
    const close: EditRequest = { op: 'set', path: `${path}.groupPolicy`, value: 'allowlist' }
    const senders = Array.isArray(settings.allowFrom) ? settings.allowFrom.filter((one) => one !== '*') : []
    if (channel !== 'whatsapp' || settings.groupAllowFrom !== undefined || senders.length === 0) return [close]
    return [close, { op: 'set', path: `${path}.groupAllowFrom`, value: senders }]
  })
}

async function closeFiles(
  instance: Instance,
  loaded: ValidConfig,
  dryRun: boolean,
): Promise<FixReport['actions'][number][]> {
  if (process.platform === 'win32') return []
  const files = await auditedFiles(instance, loaded)
  const agents = { path: join(instance.paths.state, 'agents'), isFolder: true }
  const folder = await stat(agents.path).catch(() => undefined)
  const all = [...files, ...(folder ? [{ ...agents, mode: folder.mode, isLink: false }] : [])]
  const actions: FixReport['actions'][number][] = []
  for (const { path, mode, isFolder, isLink } of all) {
    // What the owner may not do either stays so.
    const wanted = mode & (isFolder ? 0o700 : 0o600)
    if ((mode & 0o777) === wanted) continue
    const action = { kind: 'chmod' as const, path, mode: wanted.toString(8) }
    if (isLink) {
      actions.push({ ...action, ok: true, skipped: 'it is a link' })
      continue
    }
    const problem = dryRun ? undefined : await chmod(path, wanted).then(() => undefined, reason)
    actions.push({ ...action, ok: problem === undefined, ...(problem !== undefined && { skipped: problem }) })
  }
  return actions
}

const reason = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'it failed'

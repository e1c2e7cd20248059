import { editConfig } from '../config/edit.js'
import type { EditRequest, EditResult } from '../config/edit-types.js'
import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { ValidConfig } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { ownPort } from '../setup/own-port.js'
import type { CommandContext } from './context.js'

/** Edits the config of the profile and tells what happened and what it takes for the change to count. */
export async function runEdit(
  { instance, out, t }: CommandContext,
  edits: readonly EditRequest[],
  { dryRun }: { readonly dryRun: boolean },
): Promise<number> {
  const who = await instance()
  const ports = ownPort(who)
  const check = async (after: ValidConfig) => [...(await ports(after)), ...(await touchedPrograms(who, after))]
  const result = await editConfig(configSource(who), edits, { dryRun, version: who.version, check })
  const { changed, paths, file, reload, backup, warnings } = result
  out.result({ ok: true, changed, dryRun, path: file, paths, reload, ...(backup ? { backup } : {}), warnings }, () =>
    changed
      ? [
          headline(result, dryRun, t),
          ...warnings.map(({ path, message }) => `! ${path}: ${message}`),
          reloadHint(result, t),
        ]
      : [t('config.edit.noChange')],
  )
  return 0
}

/** A program of secrets that this edit brings in must be one that nobody else could have changed. */
async function touchedPrograms(who: Instance, { config }: ValidConfig) {
  if (config.secrets?.providers === undefined) return []
  const before = await loadConfig(configSource(who))
  const { commandIssues } = await import('../secrets/check-commands.js')
  return commandIssues(config, who.paths.home, before.ok ? before.config : {})
}

type T = CommandContext['t']

function headline({ paths, file }: EditResult, dryRun: boolean, t: T): string {
  const list = paths.join(', ')
  return dryRun ? t('config.edit.wouldChange', { paths: list, file }) : t('config.edit.changed', { paths: list, file })
}

function reloadHint({ reload }: EditResult, t: T): string {
  if (reload === 'restart') return t('config.edit.restart')
  return reload === 'hot' ? t('config.edit.hot') : t('config.edit.none')
}

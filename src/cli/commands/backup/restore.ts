import { resolve } from 'node:path'
import { withoutBound } from '../../../instance/inherited.js'
import { commandFor } from '../../../instance/profile.js'
import { resolveInstance } from '../../../instance/resolve.js'
import type { Instance } from '../../../instance/types.js'
import { GatewayError } from '../../../kernel/errors.js'
import { manifestJson, manifestRows } from '../../backup/texts.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { openPrompter } from '../../prompts/open.js'
import { stopSignal } from '../../stop-signal.js'
import { usageError } from '../../usage.js'

/** All or nothing: the profile is as in the archive, or as it was. */
export default defineCommand({
  summary: 'backup.restore.summary',
  description: 'backup.restore.description',
  args: [{ name: 'archive', text: 'backup.arg.archive', required: true }],
  options: {
    target: { kind: 'text', value: 'profile', text: 'backup.option.target' },
    dryRun: { kind: 'flag', text: 'backup.option.restoreDryRun' },
    yes: { kind: 'flag', text: 'option.yes', short: 'y' },
    ...jsonOption,
  },
  examples: [
    { command: 'backup restore openclaw-backup-default-2026-11-29T22-30-00Z.tar.gz --dry-run' },
    { command: 'backup restore backup.tar.gz --yes' },
    { command: 'backup restore backup.tar.gz --target copy --yes', text: 'backup.example.target' },
  ],
  async run(context, { archive }, { target, dryRun, yes }) {
    const { out, t, io } = context
    const instance = await targetOf(context, target)
    const path = resolve(io.cwd, archive)
    const { planRestore, restoreBackup } = await import('../../../backup/restore.js')
    const plan = await planRestore(instance, path)
    const { manifest } = plan
    const places = plan.places.map(({ name, target: to }) => ({ name, target: to }))
    const facts = { archive: path, profile: instance.profile, from: manifest.profile, manifest: manifestJson(manifest) }
    const lines = [
      ...manifestRows(manifest, t),
      '',
      ...places.map((place) => t('backup.restore.place', { path: place.target })),
      ...plan.left.map((left) => t('backup.restore.left', { path: left })),
    ]
    if (dryRun) {
      out.result({ ok: true, ...facts, dryRun, places, left: plan.left }, () => [...lines, t('backup.restore.dry')])
      return 0
    }
    if (!yes) {
      const ask = await openPrompter(context)
      if (!ask) throw new GatewayError('confirmation_needed')
      ask.note(lines.join('\n'), t('backup.restore.title', { profile: instance.profile }))
      if (!(await ask.confirm({ message: t('backup.restore.sure'), initial: false })))
        throw new GatewayError('cancelled')
    }
    const stop = stopSignal(io)
    const work = restoreBackup(instance, path, stop.signal)
    const { rewritten, left, recovered } = await work.finally(() => stop.release())
    const { changed, refused } = rewritten
    const copied = manifest.profile !== instance.profile
    const next = commandFor(instance, 'gateway')
    out.result(
      { ok: true, ...facts, dryRun, places, left, rewritten: changed, notRewritten: refused, recovered },
      () => [
        t('backup.restore.done', { profile: instance.profile }),
        '',
        ...lines,
        ...(changed.length > 0 ? [t('backup.restore.rewritten', { paths: changed.join(', ') })] : []),
        ...(refused.length > 0 ? [t('backup.restore.notRewritten', { paths: refused.join(', ') })] : []),
        ...(copied
          ? ['', `${out.style('!', 'yellow')} ${t('backup.restore.copied', { profile: manifest.profile })}`]
          : []),
        '',
        t('setup.next', { command: next }),
      ],
    )
    return 0
  },
})

/** Another profile by its name, where it is by itself: custom places are those of the caller's own. */
async function targetOf({ instance, io, env, t }: CommandContext, target: string | undefined): Promise<Instance> {
  const own = await instance()
  if (target === undefined) return own
  const { realOf } = await import('../../../setup/removal/roots.js')
  const other = await resolveInstance({ flags: { profile: target }, env: withoutBound(env), cwd: io.cwd })
  const [ownState, otherState] = await Promise.all([own, other].map(({ paths }) => realOf(paths.state)))
  if (other.profile !== own.profile && ownState === otherState) {
    throw usageError(t('backup.restore.sameState', { profile: other.profile, path: other.paths.state }))
  }
  return other
}

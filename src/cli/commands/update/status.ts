import { packageRoot } from '../../../kernel/code-root.js'
import type { Installation } from '../../../setup/installed.js'
import { readInstallation } from '../../../setup/installed.js'
import { readableConfig } from '../../../setup/removal/roots.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { columns } from '../../text-width.js'

/** Says what is here. It asks no registry: nothing leaves the machine for it. */
export default defineCommand({
  summary: 'update.status.summary',
  description: 'update.status.description',
  options: {
    timeout: { kind: 'integer', value: 'seconds', min: 1, max: 600, text: 'setup.option.compatible', hidden: true },
    ...jsonOption,
  },
  examples: [{ command: 'update status' }, { command: 'update status --json' }],
  async run(context) {
    const { out, t } = context
    const instance = await context.instance()
    // A broken config says nothing of the version.
    const config = await readableConfig(instance)
    const installed = await readInstallation(packageRoot)
    const { root, kind, packageManager = null, branch = null, commit = null } = installed
    const value = config.update?.channel ?? 'stable'
    const source = config.update?.channel === undefined ? 'default' : 'config'
    const registry = { asked: false, latestVersion: null }
    const git = kind === 'git' ? { branch, commit } : null
    const update = {
      root,
      installKind: kind,
      packageManager,
      git,
      version: instance.version,
      node: process.versions.node,
    }
    const facts = {
      ok: true,
      update: { ...update, registry },
      channel: { value, source, label: `${value} (${source})` },
    }
    out.result(facts, () => [
      ...columns(
        [
          [t('update.fact.version'), `${instance.version} (Node ${process.versions.node})`],
          [t('update.fact.installed'), installText(installed, context)],
          [t('update.fact.folder'), root],
        ],
        '',
      ),
      '',
      t('update.notAsked'),
      howText(installed, context),
    ])
    return 0
  },
})

function installText({ kind, packageManager, branch, commit }: Installation, { t }: CommandContext): string {
  if (kind === 'git') return t('update.kind.git', { branch: branch ?? '-', commit: commit?.slice(0, 7) ?? '-' })
  return kind === 'package' ? t('update.kind.package', { manager: packageManager ?? 'npm' }) : t('update.kind.archive')
}

function howText({ kind }: Installation, { t, hint }: CommandContext): string {
  const command = hint('gateway restart')
  return kind === 'git' ? t('update.how.git', { command }) : t('update.how.package', { command })
}

import { resolve } from 'node:path'
import { expandHome } from '../../../kernel/expand-home.js'
import { manifestJson, manifestRows, sizeText } from '../../backup/texts.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { stopSignal } from '../../stop-signal.js'

/** Works while the gateway runs. */
export default defineCommand({
  summary: 'backup.create.summary',
  description: 'backup.create.description',
  options: {
    output: { kind: 'text', value: 'path', text: 'backup.option.output' },
    verify: { kind: 'flag', text: 'backup.option.verify' },
    dryRun: { kind: 'flag', text: 'backup.option.dryRun' },
    onlyConfig: { kind: 'flag', text: 'backup.option.onlyConfig' },
    noIncludeWorkspace: { kind: 'flag', text: 'backup.option.noWorkspace' },
    ...jsonOption,
  },
  examples: [
    { command: 'backup create' },
    { command: 'backup create --output ~/backups --verify' },
    { command: '--profile rescue backup create --only-config --json' },
  ],
  async run(context, _args, { output, verify, dryRun, onlyConfig, noIncludeWorkspace }) {
    const { out, t, io } = context
    const instance = await context.instance()
    const { createBackup } = await import('../../../backup/create.js')
    const place = resolve(io.cwd, output === undefined ? '.' : expandHome(output, instance.paths.home))
    const wish = { output: place, onlyConfig, workspace: !noIncludeWorkspace, dryRun, now: Date.now() }
    const stop = stopSignal(io)
    const made = createBackup(instance, { ...wish, signal: stop.signal })
    const { archive, manifest, bytes, sources } = await made.finally(() => stop.release())
    if (verify && !dryRun) {
      const { verifyBackup } = await import('../../../backup/verify.js')
      await verifyBackup(archive)
    }
    const facts = { archive, bytes, dryRun, verified: verify && !dryRun, manifest: manifestJson(manifest) }
    if (dryRun) {
      out.result({ ok: true, ...facts, sources }, () => [
        ...sources.map((path) => `[dry-run] ${path}`),
        t('backup.create.would', { archive, count: sources.length }),
      ])
      return 0
    }
    out.result({ ok: true, ...facts }, () => [
      t('backup.create.done', { archive, size: sizeText(bytes) }),
      '',
      ...manifestRows(manifest, t),
      '',
      ...(verify ? [t('backup.verify.ok')] : []),
      `${out.style('!', 'yellow')} ${t('backup.create.secrets')}`,
    ])
    return 0
  },
})

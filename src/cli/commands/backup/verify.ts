import { resolve } from 'node:path'
import { manifestJson, manifestRows } from '../../backup/texts.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'backup.verify.summary',
  args: [{ name: 'archive', text: 'backup.arg.archive', required: true }],
  options: { ...jsonOption },
  examples: [{ command: 'backup verify openclaw-backup-default-2026-11-29T22-30-00Z.tar.gz' }],
  async run({ out, t, io }, { archive }) {
    const { verifyBackup } = await import('../../../backup/verify.js')
    const path = resolve(io.cwd, archive)
    const { manifest, bytes } = await verifyBackup(path)
    out.result({ ok: true, archive: path, bytes, manifest: manifestJson(manifest) }, () => [
      t('backup.verify.ok'),
      '',
      ...manifestRows(manifest, t),
    ])
    return 0
  },
})

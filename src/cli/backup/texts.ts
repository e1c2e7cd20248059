import type { BackupManifest } from '../../../schemas/backup.js'
import type { CommandContext } from '../context.js'
import { columns } from '../text-width.js'

/** A manifest for programs: counts in place of half a million rows. */
export function manifestJson({ files, folders = [], ...manifest }: BackupManifest) {
  const secrets = files.filter(({ secret }) => secret).length
  return {
    ...manifest,
    files: files.length,
    folders: folders.length,
    secretFiles: secrets,
    contentBytes: contentBytes(files),
  }
}

export function manifestRows(manifest: BackupManifest, t: CommandContext['t']): string[] {
  const { profile, createdAt, version, files, workspaces, skipped } = manifest
  return columns(
    [
      [t('backup.fact.profile'), profile],
      [t('backup.fact.made'), `${createdAt} (openclaw ${version})`],
      [t('backup.fact.files'), `${files.length} (${sizeText(contentBytes(files))})`],
      ...(workspaces.length > 0 ? [[t('status.workspace'), workspaces.join(', ')]] : []),
      ...(skipped.length > 0
        ? [[t('backup.fact.skipped'), skipped.map(({ path, why }) => `${path} (${why})`).join(', ')]]
        : []),
    ],
    '  ',
  )
}

const contentBytes = (files: BackupManifest['files']) => files.reduce((sum, { size }) => sum + size, 0)

/** `1.4 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  for (; value >= 1000 && unit < units.length - 1; unit += 1) value /= 1000
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`
}

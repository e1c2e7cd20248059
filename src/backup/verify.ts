import { stat } from 'node:fs/promises'
import type { BackupManifest } from '../../schemas/backup.js'
import { readArchive } from './read.js'

export interface Verified {
  readonly manifest: BackupManifest
  /** Of the archive. */
  readonly bytes: number
  /** Of what is in it. */
  readonly contentBytes: number
}

/** Reads every byte of an archive against its manifest; writes nothing. Throws `backup_invalid`. */
export async function verifyBackup(archive: string): Promise<Verified> {
  const manifest = await readArchive(archive)
  const { size } = await stat(archive)
  return { manifest, bytes: size, contentBytes: manifest.files.reduce((sum, file) => sum + file.size, 0) }
}

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Spoken } from '../_content.js'

const prefix = 'turn-'

/** The folder where a program runs. It stays the same: some find their sessions by it. Leftovers of a crash go. */
export async function openFolder(parent: string, id: string): Promise<string> {
  const folder = join(parent, id.replace(/[^\w-]/g, '_'))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const stale = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  await Promise.all(stale.map((name) => rm(join(folder, name), { recursive: true, force: true })))
  return folder
}

/** Files of one turn, made when the first is needed. */
export class TurnFiles {
  readonly #folder: string
  #own: Promise<string> | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Writes a file that only the gateway's user can read; gives its path. */
  async write(name: string, data: string | Buffer): Promise<string> {
    this.#own ??= mkdtemp(join(this.#folder, prefix))
    const path = join(await this.#own, name)
    await writeFile(path, data, { mode: 0o600 })
    return path
  }

  /** The images of these messages; gives their paths. */
  async images(messages: readonly Spoken[]): Promise<string[]> {
    const paths: string[] = []
    for (const part of messages.flatMap(({ content }) => content)) {
      if (part.type !== 'image') continue
      const kind = part.mediaType.replace(/^image\//, '').replace(/[^a-z0-9]/gi, '')
      paths.push(await this.write(`image-${paths.length + 1}.${kind}`, Buffer.from(part.data, 'base64')))
    }
    return paths
  }

  async remove(): Promise<void> {
    if (this.#own) await rm(await this.#own, { recursive: true, force: true })
  }
}

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'

export interface Installation {
  /** Folder of package.json. */
  readonly root: string
  /** git: a clone. package: put there by a package manager. archive: anything else, such as an unpacked archive. */
  readonly kind: 'git' | 'package' | 'archive'
  readonly packageManager: 'npm' | 'pnpm' | 'yarn' | 'bun' | undefined
  readonly branch: string | undefined
  readonly commit: string | undefined
}

/** How the program came to be in this folder, as its place on disk says. Runs nothing, asks nobody. */
export async function readInstallation(root: string): Promise<Installation> {
  if (existsSync(join(root, '.git'))) return { root, kind: 'git', packageManager: 'npm', ...(await readHead(root)) }
  const none = { branch: undefined, commit: undefined }
  if (basename(dirname(root)) !== 'node_modules') return { root, kind: 'archive', packageManager: undefined, ...none }
  return { root, kind: 'package', packageManager: managerOf(root), ...none }
}

function managerOf(root: string): Installation['packageManager'] {
  const parts = root.split(sep)
  if (parts.includes('.pnpm') || parts.includes('pnpm')) return 'pnpm'
  if (parts.includes('.bun')) return 'bun'
  return existsSync(join(root, '..', '..', 'yarn.lock')) ? 'yarn' : 'npm'
}

/** Branch and commit as git keeps them in files (gitrepository-layout), also of a linked work tree. */
async function readHead(root: string): Promise<Pick<Installation, 'branch' | 'commit'>> {
  const read = (path: string) =>
    readFile(path, 'utf8').then(
      (text) => text.trim(),
      () => undefined,
    )
  const link = /^gitdir: (.+)$/.exec((await read(join(root, '.git'))) ?? '')?.[1]
  const folder = link === undefined ? join(root, '.git') : resolve(root, link)
  const common = resolve(folder, (await read(join(folder, 'commondir'))) ?? '.')
  const head = await read(join(folder, 'HEAD'))
  const ref = /^ref: (refs\/[^\s]+)$/.exec(head ?? '')?.[1]
  if (ref === undefined) return { branch: undefined, commit: commitIn(head) }
  const loose = await read(join(common, ref))
  const packed = (await read(join(common, 'packed-refs')))?.split('\n').find((line) => line.endsWith(` ${ref}`))
  return { branch: ref.replace(/^refs\/heads\//, ''), commit: commitIn(loose ?? packed?.split(' ')[0]) }
}

function commitIn(text: string | undefined): string | undefined {
  return /^[0-9a-f]{40,64}$/.exec(text ?? '')?.[0]
}

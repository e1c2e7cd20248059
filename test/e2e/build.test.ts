import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'

const root = join(import.meta.dirname, '..', '..')
const sources = ['src', 'routes', 'plugins'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8')),
)

/** Folders that are read at run time: `join(codeRoot, 'src', 'tools')`. */
const folders = [
  ...new Set(sources.flatMap((text) => [...text.matchAll(/join\(codeRoot, ([^)`]*)\)/g)].map(pathOf))),
].filter((path) => existsSync(join(root, path)) && statSync(join(root, path)).isDirectory())

function pathOf([, names = '']: RegExpMatchArray): string {
  return [...names.matchAll(/'([^']*)'/g)].map(([, name]) => name).join('/')
}

t.test('what is found by its path at run time is in the build', async (t) => {
  for (const known of [
    'src/tools',
    'src/commands',
    'src/doctor/checks',
    'src/providers',
    'src/channels',
    'src/cli/commands',
    'routes',
  ]) {
    t.ok(folders.includes(known), known)
  }
  for (const folder of folders) {
    const names = readdirSync(join(root, folder), { recursive: folder === 'src/channels', encoding: 'utf8' })
    // Of channels only the index of each is found by its path.
    const modules = names.filter((name) =>
      folder === 'src/channels' ? /^[^/]+\/index\.ts$/.test(name) : name.endsWith('.ts') && !name.startsWith('_'),
    )
    const missing = modules.filter((name) => !existsSync(join(root, 'dist', folder, name.replace(/\.ts$/, '.js'))))
    // The registry of providers and the like are no modules that are found.
    t.strictSame(
      missing.filter((name) => name !== 'registry.ts'),
      [],
      folder,
    )
  }
})

t.test(
  'packages that every start reads are joined; the bare app of the benchmark loads them as they are',
  async (t) => {
    const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js'),
    )
    const importers = files.filter((name) =>
      /\bfrom"(?:fastify|@fastify\/websocket|ws)"/.test(readFileSync(join(root, 'dist', name), 'utf8')),
    )
    t.strictSame(
      importers.filter((name) => !name.startsWith('bench/')),
      [],
    )
    t.ok(importers.includes('bench/baselines/bare.js'))
  },
)

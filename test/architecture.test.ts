import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import t from 'tap'

/**
 * The rules of DESIGN.md section 3, kept by a machine: imports point one way, no cycles, no long files, the
 * environment is read in one place, modules hold no state.
 */
const root = resolve(import.meta.dirname, '..')
const folders = ['src', 'schemas', 'plugins', 'routes']
const maxLines = 400

/** Lower may not import higher. A domain that is not listed is a mistake. */
const domains = [
  'instance', 'config', 'secrets', 'storage', 'auth', 'egress', 'devices', 'models', 'spending', 'providers', 'tools', 'approvals', 'agents', 'sessions', 'commands', 'memory',
  'responses',
  'channels', 'nodes', 'browser', 'sandbox', 'automation', 'rescue', 'service', 'remote', 'logs', 'metrics', 'setup', 'backup',
  'client', 'doctor', 'live',
] // biome-ignore format: a list that reads as a list
const afterDomains = [
  'runtime-inputs',
  'runtime-channels',
  'runtime-cron',
  'runtime-heartbeats',
  'runtime-event-hooks',
  'runtime-hooks',
  'runtime-tools',
  'runtime-types',
  'runtime',
  'plugins',
  'routes',
  'app',
  'early-port',
  'prepare',
  'preflight',
  'serve',
  'main',
  'cli',
]

interface SourceFile {
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

const files = folders.flatMap(readSources)
const byPath = new Map(files.map((file) => [file.path, file]))

t.test('there is something to check', async (t) => {
  t.ok(files.length > 50)
})

t.test('imports point one way', async (t) => {
  for (const file of files) {
    const own = rank(file.path)
    for (const target of file.imports) {
      if (rank(target) > own) t.fail(`${file.path} imports ${target}, which stands above it`)
    }
  }
  t.pass()
})

t.test('no import cycles', async (t) => {
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) throw new Error(`cycle: ${[...trail.slice(trail.indexOf(path)), path].join(' -> ')}`)
    if (done.has(path)) return
    for (const next of byPath.get(path)?.imports ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const { path } of files) visit(path, [])
  t.pass()
})

t.test(`no file is longer than ${maxLines} lines, and the median is under 100`, async (t) => {
  const lengths = files.map(({ path, text }) => ({ path, lines: text.split('\n').length }))
  for (const { path, lines } of lengths) t.ok(lines <= maxLines, `${path} has ${lines} lines`)
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b)
  t.ok((sorted[Math.floor(sorted.length / 2)] ?? 0) < 100)
})

t.test('only src/instance reads the environment, the home folder or the command line', async (t) => {
  for (const { path, text } of files) {
    if (path.startsWith('src/instance/')) continue
    const argvIsFine = path === 'src/bin.ts' || path.startsWith('src/cli/')
    const found =
      /process\.env\b|\bhomedir\(/.exec(code(text)) ?? (argvIsFine ? null : /process\.argv\b/.exec(code(text)))
    if (found) t.fail(`${path} has ${found[0]}`)
  }
  t.pass()
})

t.test('modules hold no mutable state', async (t) => {
  for (const { path, text } of files) {
    const found = /^(?:export )?(?:let|var) \w+/m.exec(code(text))
    const container = /^(?:export )?const \w+(?:: [^=]+)? = new (?:Map|WeakMap)\(\)/m.exec(code(text))
    if (found ?? container) t.fail(`${path}: ${(found ?? container)?.[0]}`)
  }
  t.pass()
})

t.test('only `gateway run` of the command line imports the server', async (t) => {
  for (const { path, imports } of files) {
    if (!path.startsWith('src/cli/') || path === 'src/cli/commands/gateway/run.ts') continue
    const server = imports.find((target) => ['src/main.ts', 'src/app.ts', 'src/runtime.ts'].includes(target))
    t.notOk(server, `${path} imports ${server ?? 'no server'}`)
  }
})

t.test('no dependency runs a script when it is installed', async (t) => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean; optional?: boolean }>
  }
  const scripted = Object.entries(lock.packages).filter(([, entry]) => entry.hasInstallScript && !entry.optional)
  t.strictSame(
    scripted.map(([name]) => name),
    [],
  )
})

function rank(path: string): number {
  const [top = '', second = '', ...rest] = path.split('/')
  if (path.startsWith('src/kernel/')) return 0
  if (top === 'schemas') return 1
  if (top === 'plugins' || top === 'routes') return rankOf(afterDomains, top, 100)
  if (path === 'src/bin.ts') return 1000
  if (rest.length === 0) return path === 'src/flags.ts' ? 99 : rankOf(afterDomains, second.replace(/\.ts$/, ''), 100)
  return second === 'cli' ? rankOf(afterDomains, 'cli', 100) : rankOf(domains, second, 2)
}

function rankOf(list: readonly string[], name: string, base: number): number {
  const index = list.indexOf(name)
  if (index < 0) throw new Error(`"${name}" has no place in the import order of test/architecture.test.ts`)
  return base + index
}

function readSources(folder: string): SourceFile[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => {
      const path = join(folder, name).split(sep).join('/')
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, imports: importsOf(path, text) }
    })
}

/** Static and type imports; a dynamic import is allowed to look up, since nothing is loaded by it at start. */
function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(/^(?:import|export)\s[^'"]*?from '(\.[^']+)'/gms)
  return [...found].map(([, target = '']) =>
    relative(root, resolve(root, dirname(path), target))
      .split(sep)
      .join('/')
      .replace(/\.js$/, '.ts'),
  )
}

/** The text without comments and strings, so that words about the rules do not break them. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}

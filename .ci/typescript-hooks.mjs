// Module hooks of Node (https://nodejs.org/api/module.html#customization-hooks) for TypeScript sources.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'node_modules', '.cache', 'transpiled')

/** The sources name what they import by what it will be: `./x.js` for `x.ts`. */
export function resolve(specifier, context, next) {
  if (!/^(?:\.|file:).*\.js$/.test(specifier) || !context.parentURL?.endsWith('.ts')) {
    return next(specifier, context)
  }
  const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL)
  return existsSync(url) ? { url: url.href, format: 'module', shortCircuit: true } : next(specifier, context)
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context)
  return { format: 'module', source: await sourceOf(fileURLToPath(url)), shortCircuit: true }
}

async function sourceOf(path) {
  const source = readFileSync(path, 'utf8')
  // By what it says and where it lies, not by its date: several checkouts may share one node_modules.
  const key = createHash('sha256').update(path).update('\0').update(source).digest('hex').slice(0, 32)
  const cached = join(folder, key.slice(0, 2), `${key.slice(2)}-${basename(path, '.ts')}.js`)
  if (existsSync(cached)) return readFileSync(cached, 'utf8')
  const code = await transpile(path, source)
  mkdirSync(dirname(cached), { recursive: true })
  // Other test processes read while this one writes.
  const draft = `${cached}.${process.pid}`
  writeFileSync(draft, code)
  renameSync(draft, cached)
  return code
}

async function transpile(path, source) {
  const { transformSync } = await import('rolldown/utils')
  const { code, map, errors } = transformSync(path, source, {
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: true },
    tsconfig: false,
  })
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0].message}`)
  const inline = Buffer.from(JSON.stringify(map)).toString('base64')
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}\n`
}

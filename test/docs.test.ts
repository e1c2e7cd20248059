import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { ConfigSchema } from '../schemas/config/index.js'
import { envSchema } from '../schemas/env.js'
import { findCommand, loadCommand } from '../src/cli/find.js'
import { loadMessages, type Translate } from '../src/cli/messages.js'
import { parseCommand } from '../src/cli/parse.js'
import { takeRootOptions } from '../src/cli/root-options.js'
import { loadConfig } from '../src/config/load.js'
import { schemasAt } from '../src/config/lookup.js'
import { parsePath } from '../src/config/path.js'
import { resolveModel } from '../src/models/catalog.js'
import { modelForAgent } from '../src/models/selection.js'
import { anchorsOf, codeSpansOf, type Fence, fencesOf, relativeLinksOf, shellCommands } from './helper/markdown.js'
import { committedDocument } from './openapi/_document.js'

/**
 * What the guides say is tried here as far as a test can: links lead somewhere, configs are valid, commands, keys,
 * variables and URLs exist.
 */
const root = join(import.meta.dirname, '..')
const pages = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...pagesIn('docs', /\.md$/),
  ...['src', 'routes', 'plugins', 'schemas', 'test', 'bench', 'openapi'].flatMap((name) =>
    pagesIn(name, /README\.md$/),
  ),
]
const texts = new Map(pages.map((page) => [page, readFileSync(join(root, page), 'utf8')]))

t.test('there is something to check', async (t) => {
  t.ok(pages.length > 20)
  t.ok([...texts.values()].flatMap(fencesOf).length > 50)
})

t.test('every relative link leads to a file, and its anchor to a heading', async (t) => {
  for (const [page, text] of texts) {
    for (const link of relativeLinksOf(text)) {
      const [path = '', anchor] = decodeURI(link).split('#')
      const target = path === '' ? join(root, page) : join(root, dirname(page), path)
      if (!existsSync(target)) t.fail(`${page}: ${link} leads nowhere`)
      else if (anchor !== undefined) t.ok(anchorsOf(readFileSync(target, 'utf8')).has(anchor), `${page}: ${link}`)
    }
  }
  t.pass()
})

t.test('every page of docs/ is named in its index', async (t) => {
  const linked = relativeLinksOf(texts.get('docs/README.md') ?? '').map((link) =>
    join('docs', link.split('#')[0] ?? ''),
  )
  for (const page of pages) if (page.startsWith('docs/') && page !== 'docs/README.md') t.ok(linked.includes(page), page)
})

t.test('every config passes as the main file, and its model can be resolved', async (t) => {
  for (const [page, text] of texts) {
    const blocks = fencesOf(text).filter(({ info }) => /^json5\b/.test(info))
    if (blocks.length === 0) continue
    const folder = t.testdir()
    for (const block of blocks) await writeIncluded(folder, block)
    const names = [...text.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map(([, name = '']) => name)
    const env = Object.fromEntries([...names, ...keys].map((name) => [name, 'http://example.test']))
    for (const block of blocks.filter((one) => includedName(one) === undefined)) {
      const name = `${page}:${block.line}`
      const path = join(folder, 'openclaw.json')
      await writeFile(path, block.text)
      const loaded = await loadConfig({ path, env, includeRoots: [] })
      if (!loaded.ok) {
        t.fail(name, { issues: loaded.issues })
        continue
      }
      t.equal(loaded.warnings.length > 0, block.info === 'json5 old', `${name} warns when it is old`)
      const { primary } = modelForAgent(loaded.config, 'main')
      t.doesNotThrow(() => resolveModel(loaded.config, primary, loaded.env), `${name}: ${primary}`)
    }
  }
})

t.test('every openclaw command line is one that the program accepts', async (t) => {
  const { t: translate } = await loadMessages('en')
  let seen = 0
  for (const [page, text] of texts) {
    const shell = fencesOf(text).filter(({ info }) => ['', 'sh', 'bash'].includes(info))
    const spans = codeSpansOf(text).filter((span) => span.startsWith('openclaw '))
    for (const words of [...shell.map((block) => block.text), ...spans].flatMap(shellCommands)) {
      const argv = argumentsOf(words)
      if (!argv) continue
      seen += 1
      await accept(argv, translate).catch((error: unknown) => t.fail(`${page}: ${words.join(' ')}`, { error }))
    }
  }
  t.ok(seen > 100, `${seen} command lines`)
})

t.test('every config key that is named exists', async (t) => {
  const isPath = /^(?!.*\.ts$)(?:gateway|agents|models|logging|env|secrets|session|meta)(?:\.[\w<>-]+|\[[^\]]+\])+$/
  // Named where a page says what it became.
  const older = new Set(['agents.list'])
  for (const [page, text] of texts) {
    // Made from the schema, and checked by its own test.
    if (page === 'docs/config-reference.md') continue
    for (const span of codeSpansOf(text).filter((one) => isPath.test(one) && !older.has(one))) {
      const path = parsePath(span.replaceAll(/<[^>]+>/g, 'x'))
      t.ok(path && schemasAt(ConfigSchema, path).length > 0, `${page}: ${span}`)
    }
  }
})

t.test('every variable and every URL of the gateway that is named exists', async (t) => {
  // Of our own scripts, which the gateway does not read.
  const others = new Set(['OPENCLAW_URL'])
  const urls = new Set([
    ...Object.keys(committedDocument().paths),
    '/',
    '/v1',
    '/docs',
    '/openapi.json',
    '/openapi.yaml',
  ])
  for (const [page, text] of texts) {
    for (const [name] of text.matchAll(/\bOPENCLAW_[A-Z_]*[A-Z]\b/g)) {
      t.ok(name in envSchema.properties || others.has(name), `${page}: ${name}`)
    }
    for (const [, path = ''] of text.matchAll(/http:\/\/(?:127\.0\.0\.1|localhost):\d+(\/[\w./%-]*)/g)) {
      const url = path.replace(/(?<=.)[./]+$/, '').replace(/^(\/v1\/models)\/.+/, '$1/{model}')
      t.ok(urls.has(url), `${page}: ${path}`)
    }
  }
})

/** Keys of providers that the pages use by name alone. */
const keys = ['OPENAI_API_KEY', 'OPENROUTER_API_KEY']

function pagesIn(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name) && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}

/**
 * A block is a main file, unless its first line is a comment with a file's name: then another block of the page includes
 * it. `json5 old` marks older spellings, which work with a warning.
 */
function includedName({ text }: Fence): string | undefined {
  return /^\/\/ ([\w/-]+\.json5)\n/.exec(text)?.[1]
}

async function writeIncluded(folder: string, block: Fence): Promise<void> {
  const name = includedName(block)
  if (name === undefined) return
  await mkdir(dirname(join(folder, name)), { recursive: true })
  await writeFile(join(folder, name), block.text)
}

/** What follows `openclaw`, or what stands for it in a clone. */
function argumentsOf([first, second, ...rest]: readonly string[]): readonly string[] | undefined {
  if (first === 'openclaw') return second === undefined ? [] : [second, ...rest]
  return first === 'node' && second === 'dist/src/bin.js' ? rest : undefined
}

/** Throws what the program would say. */
async function accept(argv: readonly string[], translate: Translate): Promise<void> {
  const { rest, help, version } = takeRootOptions(argv)
  if (version || (help && rest.length === 0)) return
  const found = findCommand(rest)
  if (found.file === undefined) throw new Error(`There is no command "${rest.join(' ')}".`)
  const definition = await loadCommand(found.file)
  if (!help) parseCommand(definition, found.words.join(' '), found.rest, translate)
}

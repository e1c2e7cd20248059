import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { listCommands, loadCommand } from '../../src/cli/find.js'
import { buildIndex } from '../../src/cli/index/build.js'
import { cliReference } from '../../src/cli/index/reference.js'
import { languages } from '../../src/cli/locale.js'
import { cliFor } from './harness.js'

const index = await buildIndex()

t.test('every command has its texts in every language', async (t) => {
  t.ok(index.length >= 20)
  for (const { path, summary, description, args, options, examples } of index) {
    const texts = [summary, ...(description ? [description] : []), ...args.map((one) => one.text)]
    for (const text of [...texts, ...options.map((one) => one.text)]) {
      for (const language of languages) t.ok(text[language].length > 2, `${path}: ${language}`)
      t.not(text.en, text['zh-CN'], `${path}: ${text.en}`)
    }
    t.ok(examples.length > 0, `${path} has an example`)
  }
})

t.test('every example and every option of an example is of a real command', async (t) => {
  const cli = cliFor(t)
  const examples = index.flatMap((command) =>
    command.examples.map(({ command: line }) => ({ path: command.path, line })),
  )
  for (const { path, line } of examples) {
    const [first = ''] = line.split(/[|>]/)
    const { code } = await cli.run(...first.trim().split(' '), '--help')
    t.equal(code, 0, `${path}: ${line}`)
    const { options } = index.find((command) => command.path === path) ?? { options: [] }
    const flags = first.match(/--[a-z][a-z-]*/g) ?? []
    const known = new Set([...options.map(({ flag }) => flag), '--profile', '--dev'])
    for (const flag of flags) t.ok(known.has(flag), `${line}: ${flag}`)
  }
})

t.test('every command says --json, but for the one that does not end', async (t) => {
  for (const { path, options } of index) {
    const json = options.some(({ flag }) => flag === '--json')
    t.equal(json, path !== 'gateway' && path !== 'gateway run', path)
  }
})

for (const language of languages) {
  t.test(`help of every command in ${language}`, async (t) => {
    const cli = cliFor(t, { env: { LANG: language === 'en' ? 'C' : 'zh_CN.UTF-8' } })
    for (const command of index) {
      const { code, stdout, stderr } = await cli.run(...command.path.split(' '), '--help')
      t.equal(code, 0)
      t.equal(stderr, '')
      t.match(stdout, command.summary[language])
      for (const { flag, text } of command.options)
        t.match(stdout, new RegExp(`${flag}\\b.*${escaped(text[language])}`))
    }
    const root = await cli.run('--help')
    for (const command of index) t.ok(root.stdout.includes(command.summary[language]), command.path)
    t.strictSame(await cli.run(), root)
  })
}

t.test('a folder of commands shows what is in it', async (t) => {
  const { code, stdout } = await cliFor(t).run('system')
  t.equal(code, 0)
  t.match(stdout, /openclaw system <command>/)
  t.match(stdout, /system presence/)
  t.notMatch(stdout, /profiles list/)
})

t.test('docs/cli.md is what the definitions say (npm run build writes it)', async (t) => {
  const committed = readFileSync(resolve(import.meta.dirname, '../../docs/cli.md'), 'utf8')
  t.equal(committed, cliReference(index))
})

t.test('options that are hidden or not available yet are understood but not shown', async (t) => {
  const cli = cliFor(t)
  for (const { path, file } of listCommands()) {
    const { options = {} } = await loadCommand(file)
    const quiet = Object.entries(options).filter(([, one]) => one.hidden || one.unavailable)
    const { stdout } = await cli.run(...path.split(' '), '--help')
    for (const [name] of quiet) {
      const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      t.notMatch(stdout, new RegExp(`${flag}(\\s|$)`, 'm'), `${path} ${flag}`)
    }
  }
})

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { renderUnit } from '../../../src/service/systemd/unit.js'
import type { ServiceSpec } from '../../../src/service/types.js'
import { testFolder } from '../../helper/folder.js'
import { isProgramName, oddNames, oddSpec, specOf } from '../specs.js'

const run = promisify(execFile)
const skip = spawnSync('systemd-analyze', ['--version']).status === 0 ? false : 'systemd-analyze is not installed'

t.test('a crash is not retried for ever, a refusal not at all, and nobody eats the host', async (t) => {
  const unit = renderUnit(await specOf({ kind: 'systemd', profile: 'rescue' }))
  const lines = unit.split('\n')
  for (const line of [
    'Description=OpenClaw Gateway (profile: rescue)',
    'Restart=on-failure',
    'RestartSec=5',
    'RestartPreventExitStatus=78',
    'StartLimitIntervalSec=300',
    'StartLimitBurst=5',
    'KillMode=mixed',
    'OOMPolicy=continue',
    'MemoryMax=75%',
    'TasksMax=4096',
    'WantedBy=default.target',
  ]) {
    t.ok(lines.includes(line), line)
  }
  t.ok(lines.indexOf('StartLimitBurst=5') < lines.indexOf('[Service]'), 'systemd ignores it in the other section')
})

for (const name of oddNames) {
  t.test(`every word survives the quoting: ${name}`, async (t) => {
    const spec = await oddSpec('systemd', name)
    const unit = renderUnit(spec)
    t.same(commandOf(unit), [spec.program, ...spec.args])
    t.same(environmentOf(unit), spec.env)
    t.equal(lineOf(unit, 'WorkingDirectory')?.replaceAll('%%', '%'), `-${spec.workingDirectory}`)
  })
}

t.test('systemd itself accepts every unit and finds the program in every odd folder', { skip }, async (t) => {
  const folder = testFolder(t)
  const files = [...oddNames, 'plain'].map((name, index) => {
    const place = join(folder, name)
    mkdirSync(place)
    symlinkSync(process.execPath, join(place, 'node'))
    return { name, place, file: join(folder, `odd-${index}.service`) }
  })
  for (const { name, place, file } of files) {
    const node = isProgramName(name) ? join(place, 'node') : process.execPath
    const spec = { ...(await oddSpec('systemd', name)), program: node }
    writeFileSync(file, renderUnit(spec))
  }
  const good = await verify(
    files.map(({ file }) => file),
    join(folder, 'tmp'),
  )
  t.same(good, { code: 0, text: '' })

  // The check can fail: a program that is not there, and a line that systemd does not know.
  const bad = join(folder, 'bad.service')
  writeFileSync(bad, renderUnit({ ...(await specOf({ kind: 'systemd' })), program: join(folder, 'nothing here') }))
  t.match(await verify([bad], join(folder, 'tmp')), { code: 1, text: /nothing here/ })
  writeFileSync(
    bad,
    renderUnit(await specOf({ kind: 'systemd', node: process.execPath })).replace('TasksMax=', 'TaskMax='),
  )
  t.match((await verify([bad], join(folder, 'tmp'))).text, /Unknown key.* 'TaskMax'/)
})

t.test('a program that systemd would refuse is refused before: systemd-analyze found it', async (t) => {
  for (const name of oddNames.filter((one) => !isProgramName(one))) {
    await t.rejects(specOf({ kind: 'systemd', node: join('/srv', name, 'node') }), { code: 'service_failed' }, name)
  }
})

/** Says nothing and gives 0 when all is well. */
async function verify(files: string[], runtime: string): Promise<{ code: number; text: string }> {
  // It asks for a runtime directory, though it starts nothing.
  const env = { PATH: process.env.PATH, XDG_RUNTIME_DIR: runtime, LC_ALL: 'C' }
  return run('systemd-analyze', ['--user', '--man=no', 'verify', ...files], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, text: stdout + stderr }),
    (error: { code: number; stderr: string }) => ({ code: error.code, text: error.stderr }),
  )
}

function lineOf(unit: string, name: string): string | undefined {
  return unit
    .split('\n')
    .find((line) => line.startsWith(`${name}=`))
    ?.slice(name.length + 1)
}

/** Reads a command line back as systemd.service(5) describes it. */
function commandOf(unit: string): string[] {
  const line = lineOf(unit, 'ExecStart') ?? ''
  const literal = line.startsWith(':')
  const words = wordsOf(literal ? line.slice(1) : line)
  return literal
    ? words
    : words.map((word) => {
        if (/\$/.test(word)) throw new Error(`a variable would be filled in: ${word}`)
        return word
      })
}

function environmentOf(unit: string): ServiceSpec['env'] {
  const lines = unit.split('\n').filter((line) => line.startsWith('Environment='))
  const pairs = lines.flatMap((line) => wordsOf(line.slice('Environment='.length)))
  return Object.fromEntries(pairs.map((pair) => [pair.split('=', 1)[0], pair.slice(pair.indexOf('=') + 1)]))
}

/** Quoted words with C escapes, then specifiers, of which only `%%` may be there. */
function wordsOf(text: string): string[] {
  const words = [...text.matchAll(/"((?:[^"\\]|\\.)*)"(?: |$)/gy)]
  if (words.map(([whole]) => whole).join('') !== text) throw new Error(`not all quoted: ${text}`)
  return words.map(([, word = '']) => {
    const plain = word.replace(/\\(.)/g, (_, character: string) => {
      if (character !== '\\' && character !== '"') throw new Error(`another escape: \\${character}`)
      return character
    })
    if (/%(?!%)/.test(plain.replaceAll('%%', ''))) throw new Error(`a specifier would be filled in: ${plain}`)
    return plain.replaceAll('%%', '%')
  })
}

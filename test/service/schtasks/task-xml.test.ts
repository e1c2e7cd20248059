import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { argument, renderEnvFile, renderTask } from '../../../src/service/schtasks/task-xml.js'
import { testFolder } from '../../helper/folder.js'
import { find, parseXml } from '../../helper/xml.js'
import { oddNames, oddSpec, specOf } from '../specs.js'

const run = promisify(execFile)
const user = { USERDOMAIN: 'OFFICE & <CO>', USERNAME: 'ann' }

t.test('the task starts at the logon of its user, with no more rights, and tries a failure three times', async (t) => {
  const task = parseXml(renderTask(await specOf({ kind: 'schtasks', profile: 'rescue', env: user })))
  const text = (name: string) => find(task, name)?.text
  t.equal(task.attributes.xmlns, 'http://schemas.microsoft.com/windows/2004/02/mit/task')
  t.equal(find(find(task, 'LogonTrigger') ?? task, 'UserId')?.text, 'OFFICE & <CO>\\ann')
  t.match(text('Description'), /^OpenClaw Gateway \(profile: rescue\)\. .*openclaw-owner:[0-9a-f]{16}$/)
  t.same(['RunLevel', 'LogonType', 'MultipleInstancesPolicy', 'ExecutionTimeLimit', 'Interval', 'Count'].map(text), [
    'LeastPrivilege',
    'InteractiveToken',
    'IgnoreNew',
    'PT0S',
    'PT1M',
    '3',
  ])
})

for (const name of oddNames) {
  t.test(`every word survives, or is refused: ${name}`, async (t) => {
    const spec = await oddSpec('schtasks', name)
    const args = [`--env-file=${spec.envFile}`, ...spec.args]
    if (/%[^%]+%|\$\(/.test(name)) return void t.throws(() => renderTask(spec), { code: 'service_failed' })
    const task = parseXml(renderTask(spec))
    t.equal(find(task, 'Command')?.text, spec.program)
    t.equal(find(task, 'WorkingDirectory')?.text, spec.workingDirectory)
    t.same(argumentsOf(find(task, 'Arguments')?.text ?? ''), args)
  })
}

t.test('what Windows would fill in is refused', async (t) => {
  for (const folder of ['/srv/%TEMP%', '/srv/$(Arg0)']) {
    const spec = await specOf({ kind: 'schtasks', env: { OPENCLAW_STATE_DIR: folder } })
    t.throws(() => renderTask(spec), { code: 'service_failed', message: /Windows would replace/ })
  }
})

const words = ['', 'a b', 'a"b', 'a\\b', 'a b\\', 'a\\"b', '\\\\"', 'plain', 'tab\there', 'x\\\\ y\\\\']
t.test('arguments by the rules of CommandLineToArgvW', async (t) => {
  t.same(argumentsOf(words.map(argument).join(' ')), words)
})

t.test('Node reads every environment file as it was meant', async (t) => {
  const folder = testFolder(t)
  const names = oddNames.filter((name) => !(name.includes("'") && name.includes('`')))
  for (const [index, name] of names.entries()) {
    const { env } = await oddSpec('schtasks', name)
    const file = join(folder, String(index), 'gateway.env')
    mkdirSync(join(file, '..'))
    writeFileSync(file, renderEnvFile({ ...env, WINDOWS: 'C:\\new\\table' }))
    const script = 'process.stdout.write(JSON.stringify(process.env))'
    const { stdout } = await run(process.execPath, [`--env-file=${file}`, '-e', script], { env: {} })
    t.match(JSON.parse(stdout), { ...env, WINDOWS: 'C:\\new\\table' }, name)
  }
  t.throws(() => renderEnvFile({ A: "it's `odd`" }), { code: 'service_failed' })
})

/** The rules as Microsoft describes them: 2n backslashes and a quote are n and a delimiter, 2n+1 are n and a quote. */
function argumentsOf(line: string): string[] {
  const found: string[] = []
  let word: string | undefined
  let inside = false
  for (const [, slashes = '', next = ''] of line.matchAll(/(\\*)(.?)/gsu)) {
    if (slashes !== '' || (next !== '' && !(/\s/.test(next) && !inside))) word ??= ''
    if (next === '"') {
      word = (word ?? '') + '\\'.repeat(Math.floor(slashes.length / 2))
      if (slashes.length % 2 === 1) word += '"'
      else inside = !inside
    } else if (!inside && /\s/.test(next)) {
      if (word !== undefined) found.push(word + slashes)
      word = undefined
    } else word = word === undefined && next === '' ? undefined : (word ?? '') + slashes + next
  }
  return word === undefined ? found : [...found, word]
}

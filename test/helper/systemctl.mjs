// A stand-in for `systemctl --user`: writes down how it was called and starts and ends the program of a unit, for tests
// on machines without a user manager. It knows as much of systemd as those tests need and proves nothing about systemd.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const folder = process.env.STANDIN_DIR
const [, ...words] = process.argv.slice(2)
appendFileSync(join(folder, 'calls'), `${JSON.stringify(process.argv.slice(2))}\n`)
if (existsSync(join(folder, 'no-session'))) {
  process.stderr.write('Failed to connect to bus: No medium found\n')
  process.exit(1)
}

const [verb] = words
const unit = words.find((word) => word.endsWith('.service'))
const place = (name) => join(folder, `${unit}.${name}`)
const read = (name) => (existsSync(place(name)) ? readFileSync(place(name), 'utf8').trim() : '')
const unitFile = join(process.env.XDG_CONFIG_HOME, 'systemd', 'user', unit ?? '')
const stat = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)
  } catch {
    return undefined
  }
}
const alive = () => {
  const line = read('pid') === '' ? undefined : stat(read('pid'))
  return line !== undefined && !line.startsWith('Z')
}

if (verb === 'show' && unit === undefined) process.stdout.write('Version=252\n')
else if (verb === 'show') {
  const code = read('exit')
  const active = alive() ? 'active' : code === '' || code === '0' ? 'inactive' : 'failed'
  process.stdout.write(`LoadState=${existsSync(unitFile) ? 'loaded' : 'not-found'}\nActiveState=${active}\n`)
  process.stdout.write(
    `UnitFileState=${read('enabled')}\nMainPID=${alive() ? read('pid') : 0}\nExecMainStatus=${code}\n`,
  )
} else if (verb === 'enable') writeFileSync(place('enabled'), 'enabled')
else if (verb === 'disable') {
  writeFileSync(place('enabled'), 'disabled')
  await stop()
} else if (verb === 'start') await start()
else if (verb === 'stop') await stop()
else if (verb === 'restart') {
  await stop()
  await start()
}

async function start() {
  if (alive()) return
  const lines = readFileSync(unitFile, 'utf8').split('\n')
  const all = (name) => lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1))
  const unquote = (text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) => word.replace(/\\(.)/g, '$1'))
  const env = all('Environment')
    .flatMap(unquote)
    .map((pair) => pair.replaceAll('%%', '%'))
  for (const name of ['pid', 'exit']) rmSync(place(name), { force: true })
  const script = '"$@" & echo $! > "$PID_FILE"; wait $!; echo $? > "$EXIT_FILE"'
  const args = ['-i', `HOME=${process.env.HOME}`, ...env, `PID_FILE=${place('pid')}`, `EXIT_FILE=${place('exit')}`]
  const command = all('ExecStart').flatMap(unquote)
  const output = { detached: true, stdio: 'ignore' }
  spawn('/usr/bin/env', [...args, '/bin/sh', '-c', script, 'sh', ...command], output).unref()
  while (read('pid') === '') await sleep(10)
}

async function stop() {
  if (!alive()) return
  process.kill(Number(read('pid')), 'SIGTERM')
  while (alive()) await sleep(20)
  while (read('exit') === '') await sleep(10)
}

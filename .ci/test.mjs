// Runs README's test command and writes "<passed> <failed>" to .tap/summary for .ci/run. Prints what failed and why, and
// which files took longest.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'

/** Lines of an explanation that are printed, and files in the list of the slowest. */
const explained = 40
const listed = 15

const child = spawn('npm', ['test', '--', '--reporter=tap'], { stdio: ['ignore', 'pipe', 'inherit'] })
const times = []
let rest = ''
let tail = ''
let explaining = 0
child.stdout.on('data', (chunk) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) look(line)
  tail = (tail + chunk).slice(-4000)
})

function look(line) {
  const [, file, ms] = /^(?:not )?ok \d+ - (\S+\.test\.ts) # time=([\d.]+)ms/.exec(line) ?? []
  if (file) times.push({ file, seconds: Number(ms) / 1000 })
  if (/^\s*not ok/.test(line)) explaining = explained
  else if (/^\s*\.\.\.$/.test(line)) explaining = 0
  if (explaining-- > 0) process.stdout.write(`${line}\n`)
}

child.on('exit', (code) => {
  const counts = /# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?/.exec(tail)
  const good = Number(counts?.[2] ?? 0)
  const bad = Number(counts?.[3] ?? 0) || (code === 0 && good > 0 ? 0 : 1)
  mkdirSync('.tap', { recursive: true })
  writeFileSync('.tap/summary', `${good} ${bad}\n`)
  process.stdout.write(`${tail.slice(-600)}\n`)
  const slowest = times.sort((a, b) => b.seconds - a.seconds).slice(0, listed)
  for (const { file, seconds } of slowest) process.stdout.write(`${seconds.toFixed(1).padStart(7)} s  ${file}\n`)
  process.exit(code ?? 1)
})

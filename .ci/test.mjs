// Runs README's test command and writes "<passed> <failed>" to .tap/summary for .ci/run.
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'

const child = spawn('npm', ['test', '--', '--reporter=tap'], { stdio: ['ignore', 'pipe', 'inherit'] })
let tail = ''
child.stdout.on('data', (chunk) => {
  const text = String(chunk)
  tail = (tail + text).slice(-4000)
  for (const line of text.split('\n')) if (/^\s*not ok/.test(line)) process.stdout.write(`${line}\n`)
})
child.on('exit', (code) => {
  const counts = /# \{ total: (\d+)(?:, pass: (\d+))?(?:, fail: (\d+))?/.exec(tail)
  const good = Number(counts?.[2] ?? 0)
  const bad = Number(counts?.[3] ?? 0) || (code === 0 && good > 0 ? 0 : 1)
  mkdirSync('.tap', { recursive: true })
  writeFileSync('.tap/summary', `${good} ${bad}\n`)
  process.stdout.write(`${tail.slice(-600)}\n`)
  process.exit(code ?? 1)
})

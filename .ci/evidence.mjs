// `npm run evidence`: the suites that CI runs short, run long; their reports go to docs/evidence/.
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

const folder = 'docs/evidence'
mkdirSync(folder, { recursive: true })
const machine = `${cpus().length} cores, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`

const suites = [
  { name: 'crash', title: 'Kill -9 under load', file: 'test/e2e/crash.test.ts', env: { CRASH_ROUNDS: '20' } },
  {
    name: 'cron-crash',
    title: 'Kill -9 while jobs fire and their answers go out',
    file: 'test/e2e/cron-crash.test.ts',
    env: { CRON_KILLS: '200' },
  },
  { name: 'lifecycles', title: 'Random lifecycles', file: 'test/e2e/lifecycle.test.ts', env: { SCHEDULES: '500' } },
  {
    name: 'command-sequences',
    title: 'Random command lines over 2, 5 and 20 profiles',
    file: 'test/e2e/command-sequences.test.ts',
    env: { SEQUENCES: '334' },
  },
  {
    name: 'deliveries',
    title: 'Histories of messages with a crash at every point where the gateway waits',
    file: 'test/channels/histories/histories.test.ts',
    env: { HISTORIES: '10010' },
  },
  { name: 'fuzz', title: 'Random and broken frames', file: 'test/e2e/fuzz.test.ts', env: { FUZZ_FRAMES: '1000000' } },
]
let failed = false
for (const { name, title, file, env } of suites) {
  const run = spawnSync('npx', ['tap', 'run', '--reporter=tap', '--timeout=3600', file], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  const lines = run.stdout.split('\n').filter((line) => /^\s+((not )?ok \d+ - |# \{)/.test(line))
  const text = lines.map((line) => `- ${line.trim().replace(/ # time=.*/, '')}`).join('\n')
  writeFileSync(`${folder}/${name}.md`, `# ${title}\n\n${machine}\n\n${text}\n`)
  failed ||= run.status !== 0
}

const bench = spawnSync('node', ['dist/bench/run.js', '--thorough'], { encoding: 'utf8' })
mkdirSync('bench/results', { recursive: true })
writeFileSync('bench/results/bench.md', `# Budgets\n\n${machine}\n\n\`\`\`\n${bench.stdout}\`\`\`\n`)
process.exitCode = failed || bench.status !== 0 ? 1 : 0

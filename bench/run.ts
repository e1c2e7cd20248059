// `npm run bench [-- --thorough] [-- --json] [-- --only start]`: the budgets of DESIGN.md section 8, each beside its
// baseline in the same run. Ends with exit code 1 when one is broken.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadDir } from '../src/kernel/load-dir.js'
import { type BenchCase, type BenchContext, type Figure, keeps } from './lib/types.js'

const here = dirname(fileURLToPath(import.meta.url))
const { values: flags } = parseArgs({
  options: { thorough: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string' } },
})
const scratch = mkdtempSync(join(tmpdir(), 'openclaw-bench-'))
const context: BenchContext = {
  dist: join(here, '..'),
  scratch,
  thorough: flags.thorough === true,
  log: (line) => process.stderr.write(`${line}\n`),
}

const figures: Figure[] = []
try {
  for (const [name, run] of await loadDir<BenchCase>(join(here, 'cases'))) {
    if (flags.only !== undefined && flags.only !== name) continue
    context.log(`measuring ${name} ...`)
    figures.push(...(await run(context)))
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

const report = {
  at: new Date().toISOString(),
  node: process.version,
  cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  figures: figures.map((figure) => ({ ...figure, kept: keeps(figure) })),
}
const results = join(here, '..', '..', 'bench', 'results')
mkdirSync(results, { recursive: true })
writeFileSync(join(results, 'latest.json'), `${JSON.stringify(report, null, 2)}\n`)
process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : table(report.figures))
process.exitCode = report.figures.every(({ kept }) => kept) ? 0 : 1

function table(rows: typeof report.figures): string {
  const number = (value: number | undefined) => (value === undefined ? '' : value.toFixed(value < 10 ? 2 : 1))
  const cells = rows.map(({ what, unit, ours, baseline, value, limit, kept }) => [
    what,
    `${number(ours)} ${unit}`,
    baseline === undefined ? '' : `${number(baseline)} ${unit}`,
    number(value),
    'atMost' in limit ? `<= ${limit.atMost}` : `>= ${limit.atLeast}`,
    kept ? 'kept' : 'BROKEN',
  ])
  const lines = [['what', 'ours', 'baseline', 'compared', 'budget', ''], ...cells]
  const widths = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('')
}

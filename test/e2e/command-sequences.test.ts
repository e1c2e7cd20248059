import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import t from 'tap'
import { type Cli, cliFor, type Ran } from '../cli/harness.js'
import { memoryFolder } from '../helper/folder.js'
import { Random } from '../helper/random.js'

/** CI runs a few; `npm run evidence` sets more. The seed makes a run repeatable. */
const sequences = Number(process.env.SEQUENCES ?? 2)
const seed = Number(process.env.SEQUENCE_SEED ?? Date.now() % 1_000_000)
const commandsEach = 12
const random = new Random(seed)

const nameOf = (index: number) => (index === 0 ? 'default' : `p${index}`)
const stateOf = (home: string, profile: string) =>
  join(home, profile === 'default' ? '.openclaw' : `.openclaw-${profile}`)

/** Every file under the home with what a write changes of it. */
function snapshot(home: string): Map<string, string> {
  const names = readdirSync(home, { recursive: true, withFileTypes: true })
  return new Map(
    names
      .filter((entry) => !entry.isDirectory())
      .map((entry) => {
        const path = join(entry.parentPath ?? entry.path, entry.name)
        const { ino, size, mtimeNs } = lstatSync(path, { bigint: true })
        return [relative(home, path), `${ino} ${size} ${mtimeNs}`]
      }),
  )
}

function changed(before: Map<string, string>, after: Map<string, string>): string[] {
  const all = new Set([...before.keys(), ...after.keys()])
  return [...all].filter((path) => before.get(path) !== after.get(path))
}

/** The roots of a profile: its state directory, and its workspace, which may stand beside that of the default one. */
function owns(profile: string, path: string): boolean {
  const [top = '', next = ''] = path.split(sep)
  const workspace = top === '.openclaw' ? /^workspace-(.+)$/.exec(next)?.[1] : undefined
  if (workspace !== undefined) return workspace === profile
  return top === (profile === 'default' ? '.openclaw' : `.openclaw-${profile}`)
}

interface Plain {
  readonly gateway?: { readonly port?: number; readonly auth?: { readonly token?: string } }
}

/** What must not be shared, read from the files without any of our code. */
function shared(home: string, profiles: readonly string[]): string[] {
  const configs = profiles.flatMap((profile) => {
    const file = join(stateOf(home, profile), 'openclaw.json')
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as Plain] : []
  })
  const ports = configs.flatMap(({ gateway }) => (gateway?.port === undefined ? [] : [gateway.port]))
  const tokens = configs.flatMap(({ gateway }) => gateway?.auth?.token ?? [])
  const twice = <T>(list: readonly T[]) => list.filter((one, index) => list.indexOf(one) !== index)
  const near = ports.filter((one, index) => ports.some((other, at) => at !== index && Math.abs(one - other) <= 2))
  return [...twice(tokens), ...near.map(String)]
}

type Step = (random: Random, others: readonly string[]) => string[]

const words = ['alpha', 'beta', 'gamma']
const steps: readonly Step[] = [
  () => ['setup', '--json'],
  (random) => ['setup', '--embedded', '--port', String(20_000 + random.below(40_000)), '--json'],
  (random) => ['config', 'set', 'gateway.port', String(20_000 + random.below(40_000))],
  (_random, others) => ['config', 'set', 'gateway.port', others[0] ?? '31111'],
  (random) => ['config', 'set', 'agents.defaults.model', random.pick(['builtin/echo', 'nobody/nothing'])],
  (random) => ['config', 'set', random.pick(['gateway.bogus', 'session.reset.atHour', 'logging.level']), '5'],
  () => ['config', 'unset', 'agents.defaults.model'],
  () => ['config', 'get', 'gateway', '--json'],
  () => ['config', 'validate', '--json'],
  (random) => ['agents', 'add', random.pick(words), '--non-interactive', '--json'],
  (random) => ['agents', 'delete', random.pick(words), '--force', '--json'],
  () => ['agents', 'list', '--json'],
  () => ['models', 'set', 'builtin/echo'],
  (random) => ['models', 'aliases', 'add', random.pick(words), 'builtin/echo'],
  () => ['profiles', 'list', '--json'],
  () => ['status', '--json'],
  () => ['health', '--json'],
  () => ['doctor', '--json'],
  () => ['doctor', '--fix', '--json'],
  () => ['isolation', 'check', '--json'],
  () => ['reset', '--scope', 'full', '--dry-run', '--json'],
  () => ['reset', '--scope', 'config', '--yes', '--non-interactive', '--json'],
  () => ['gateway', 'status', '--deep', '--json'],
  () => ['memory', 'index', '--json'],
]

async function run(cli: Cli, profile: string, argv: readonly string[]): Promise<Ran> {
  return cli.run(...(profile === 'default' ? [] : ['--profile', profile]), ...argv)
}

const counts = { commands: 0, refused: 0 }

for (const size of [2, 5, 20]) {
  t.test(`${size} profiles, ${sequences} sequences (seed ${seed})`, async (t) => {
    const problems: string[] = []
    for (let round = 0; round < sequences; round += 1) {
      const cli = cliFor(t, { home: memoryFolder(t), env: { TMPDIR: '/nowhere' } })
      const profiles = Array.from({ length: size }, (_, index) => nameOf(index))
      const said: string[] = []
      for (let count = 0; count < commandsEach + size; count += 1) {
        // Each is set up first, as its owner would.
        const profile = count < size ? nameOf(count) : random.pick(profiles)
        const ports = profiles
          .filter((one) => one !== profile)
          .map((one) => join(stateOf(cli.home, one), 'openclaw.json'))
          .filter((file) => existsSync(file))
          .flatMap((file) => String((JSON.parse(readFileSync(file, 'utf8')) as Plain).gateway?.port ?? ''))
        const argv = count < size ? ['setup', '--json'] : random.pick(steps)(random, ports)
        const before = snapshot(cli.home)
        const { code, stdout, stderr } = await run(cli, profile, argv)
        said.push(`${profile}: ${argv.join(' ')} -> ${code}`)
        counts.commands += 1
        if (code !== 0) counts.refused += 1
        const outside = changed(before, snapshot(cli.home)).filter((path) => !owns(profile, path))
        if (outside.length > 0) problems.push(`wrote ${outside.join(', ')}`)
        if (![0, 1, 2, 78].includes(code ?? -1)) problems.push(`code ${code}: ${stderr}`)
        if (/unexpectedly|TypeError|undefined is not/.test(stderr)) problems.push(stderr)
        if (argv.includes('--json') && stdout !== '') JSON.parse(stdout)
      }
      const double = shared(cli.home, profiles)
      const { code, stdout } = await run(cli, 'default', ['isolation', 'check', '--json'])
      const violations = JSON.parse(stdout).findings.filter(
        ({ severity }: { severity: string }) => severity === 'violation',
      )
      if (violations.length > 0 !== double.length > 0 || (code === 0) !== (violations.length === 0)) {
        problems.push(`shared ${double.join(', ')}; isolation check says ${JSON.stringify(violations)}`)
      }
      if (problems.length > 0) {
        t.fail(problems.join('\n'), { said })
        return
      }
    }
    t.pass(`${sequences} sequences: no write outside the own roots, nothing shared that isolation check does not name`)
  })
}

t.test('they did something', async (t) => {
  t.ok(counts.refused < counts.commands / 2, `${counts.commands} commands, ${counts.refused} refused`)
})

import t from 'tap'
import { takeRootFlags } from '../../src/instance/root-flags.js'

const cases: readonly (readonly [string, object, string])[] = [
  ['', {}, ''],
  ['gateway run', {}, 'gateway run'],
  ['--profile ops gateway', { profile: 'ops' }, 'gateway'],
  ['gateway --profile ops run', { profile: 'ops' }, 'gateway run'],
  ['gateway run --port 1 --profile=ops', { profile: 'ops' }, 'gateway run --port 1'],
  ['--profile ops --profile=ops status', { profile: 'ops' }, 'status'],
  ['run -- --profile ops', {}, 'run -- --profile ops'],
  ['--profile ops -- --dev', { profile: 'ops' }, '-- --dev'],
  ['--dev gateway', { dev: true }, 'gateway'],
  ['--dev status', { dev: true }, 'status'],
  ['status --dev', { dev: true }, 'status'],
  ['gateway --dev', {}, 'gateway --dev'],
  ['gateway run --dev --reset', {}, 'gateway run --dev --reset'],
  ['--dev gateway --dev', { dev: true }, 'gateway --dev'],
  ['--profile gateway --dev', { profile: 'gateway', dev: true }, ''],
  ['--profile-id x', {}, '--profile-id x'],
  ['config set a --value', {}, 'config set a --value'],
]

t.test('root flags are taken at any position before --', async (t) => {
  for (const [line, flags, rest] of cases) {
    const taken = takeRootFlags(line.split(' ').filter(Boolean))
    t.same(taken.flags, flags, `${line}: flags`)
    t.equal(taken.rest.join(' '), rest, `${line}: rest`)
  }
})

t.test('wrong usage', async (t) => {
  for (const line of ['--profile', '--profile=', 'status --profile --json', '--profile -- x', '--profile= status']) {
    t.throws(() => takeRootFlags(line.split(' ')), { code: 'usage', message: /--profile requires a value/ }, line)
  }
  t.throws(() => takeRootFlags(['--profile', ' ']), { code: 'usage' })
  t.throws(() => takeRootFlags(['--profile', 'a', '--profile', 'b']), { code: 'usage', message: /a, b/ })
})

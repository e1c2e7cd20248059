import t from 'tap'
import { takeRootOptions } from '../../src/cli/root-options.js'

const defaults = {
  flags: {},
  logLevel: undefined,
  noColor: false,
  help: false,
  version: false,
  json: false,
  rest: [] as string[],
}

const table: [string, Partial<ReturnType<typeof takeRootOptions>>][] = [
  ['', {}],
  ['status', { rest: ['status'] }],
  ['--profile rescue status', { flags: { profile: 'rescue' }, rest: ['status'] }],
  ['status --profile=rescue', { flags: { profile: 'rescue' }, rest: ['status'] }],
  ['gateway run --port 1 --profile rescue', { flags: { profile: 'rescue' }, rest: ['gateway', 'run', '--port', '1'] }],
  ['--dev gateway', { flags: { dev: true }, rest: ['gateway'] }],
  ['gateway --dev', { rest: ['gateway', '--dev'] }],
  ['status --log-level debug --no-color', { logLevel: 'debug', noColor: true, rest: ['status'] }],
  ['--log-level=silent status', { logLevel: 'silent', rest: ['status'] }],
  ['config get -h', { help: true, rest: ['config', 'get'] }],
  ['--help', { help: true }],
  ['help config get', { help: true, rest: ['config', 'get'] }],
  ['config set help', { rest: ['config', 'set', 'help'] }],
  ['-V', { version: true }],
  ['-v', { version: true }],
  ['--profile rescue --version', { flags: { profile: 'rescue' }, version: true }],
  ['gateway run --version', { rest: ['gateway', 'run', '--version'] }],
  ['status --json', { json: true, rest: ['status', '--json'] }],
  ['config set a -- --json --help', { rest: ['config', 'set', 'a', '--', '--json', '--help'] }],
]

for (const [line, expected] of table) {
  t.test(line || 'nothing', async (t) => {
    t.strictSame(takeRootOptions(line.split(' ').filter(Boolean)), { ...defaults, ...expected })
  })
}

const refused: [string, RegExp][] = [
  ['--profile', /--profile requires a value/],
  ['--profile --dev', /--profile requires a value/],
  ['--profile ../x status', /is not a profile name/],
  ['--profile rescue --dev status', /Cannot combine/],
  ['--log-level loud status', /--log-level must be one of silent/],
  ['--log-level', /--log-level must be one of/],
  ['--container box status', /--container is not available/],
  ['--update', /--update is not available/],
]

for (const [line, message] of refused) {
  t.test(`refused: ${line}`, async (t) => {
    t.throws(() => takeRootOptions(line.split(' ')), { code: 'usage', message, row: { exit: 2 } })
  })
}

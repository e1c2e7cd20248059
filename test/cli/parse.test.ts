import t from 'tap'
import type { AnyCommand } from '../../src/cli/define.js'
import { loadMessages } from '../../src/cli/messages.js'
import { parseCommand } from '../../src/cli/parse.js'

const definition: AnyCommand = {
  summary: 'status.summary',
  args: [
    { name: 'path', text: 'config.arg.path', required: true },
    { name: 'value', text: 'config.arg.value' },
  ],
  options: {
    port: { kind: 'integer', value: 'port', min: 0, max: 65_535, text: 'option.clientPort', alias: '--gateway-port' },
    bind: { kind: 'choice', choices: ['loopback', 'lan'], text: 'gateway.run.bind' },
    token: { kind: 'text', value: 'token', text: 'option.token', short: 't' },
    dryRun: { kind: 'flag', text: 'config.option.dryRun' },
    noProbe: { kind: 'flag', text: 'gateway.status.noProbe' },
    wsLog: { kind: 'text', value: 'style', text: 'option.unavailable', unavailable: true },
    json: { kind: 'flag', text: 'option.json' },
  },
  run: async () => 0,
}
const { t: en } = await loadMessages('en')
const parse = (line: readonly string[]) => parseCommand(definition, 'thing do', line, en)

const nothing = { port: undefined, bind: undefined, token: undefined, dryRun: false, noProbe: false, json: false }
const accepted: [string, object, object][] = [
  ['a', { path: 'a', value: undefined }, {}],
  ['a b --json', { path: 'a', value: 'b' }, { json: true }],
  ['--port 19789 a', { path: 'a', value: undefined }, { port: 19_789 }],
  ['a --port=0', { path: 'a', value: undefined }, { port: 0 }],
  ['a --gateway-port 7', { path: 'a', value: undefined }, { port: 7 }],
  ['a --gateway-port=7', { path: 'a', value: undefined }, { port: 7 }],
  ['a --bind lan', { path: 'a', value: undefined }, { bind: 'lan' }],
  ['a -t secret', { path: 'a', value: undefined }, { token: 'secret' }],
  ['a --dry-run --no-probe', { path: 'a', value: undefined }, { dryRun: true, noProbe: true }],
  ['-- --a --b', { path: '--a', value: '--b' }, {}],
  ['a -- --gateway-port', { path: 'a', value: '--gateway-port' }, {}],
  ['a -5', { path: 'a', value: '-5' }, {}],
]

for (const [line, args, options] of accepted) {
  t.test(line, async (t) => {
    const parsed = parse(line.split(' '))
    t.strictSame(parsed.args, args)
    t.match(parsed.options, { ...nothing, ...options })
  })
}

const refused: [string, RegExp][] = [
  ['', /<path> is missing/],
  ['a b c', /"c" is one too many/],
  ['a --prot 1', /does not recognize the option --prot\. Did you mean "--port"\?/],
  ['a --zzzzzz', /does not recognize the option --zzzzzz\.$/],
  ['a --port', /--port requires a value/],
  ['a --port x', /--port does not fit\. Give a whole number from 0 to 65535/],
  ['a --port 65536', /from 0 to 65535/],
  ['a --port 1.5', /from 0 to 65535/],
  ['a --bind loopbak', /--bind does not fit\. Use one of: loopback, lan\. Did you mean "loopback"\?/],
  ['a --ws-log full', /--ws-log is not available in this version/],
  ['a --json=yes', /--json/],
]

for (const [line, message] of refused) {
  t.test(`refused: ${line}`, async (t) => {
    const error = { code: 'usage', message, row: { exit: 2 }, details: { next: 'thing do --help' } }
    t.throws(() => parse(line.split(' ').filter(Boolean)), error)
  })
}

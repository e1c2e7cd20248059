import t from 'tap'
import { defineCommand, type OptionDefinition } from '../../src/cli/define.js'
import { listCommands, loadCommand } from '../../src/cli/find.js'
import { loadMessages } from '../../src/cli/messages.js'
import { flagOf } from '../../src/cli/option-names.js'
import { parseCommand } from '../../src/cli/parse.js'
import { parseFlags } from '../../src/cli/parse-flags.js'

const { t: say } = await loadMessages('en')

/** Something that the option takes. */
function sample(option: OptionDefinition): string | undefined {
  if (option.kind === 'flag') return undefined
  if (option.kind === 'choice') return option.choices.at(-1)
  return option.kind === 'integer' ? String(option.min) : 'a=b c'
}

t.test('the short way gives what the parser gives, for every command', async (t) => {
  for (const { path, file } of listCommands()) {
    const definition = await loadCommand(file)
    const words = (definition.args ?? []).map(({ name }) => `some-${name}`)
    const options = Object.entries(definition.options ?? {}).filter(([, one]) => !one.unavailable)
    const apart = options.map(([name, one]) => [flagOf(name), sample(one)].filter((part) => part !== undefined))
    const joined = options.map(([name, one]) => [flagOf(name), sample(one)].filter(Boolean).join('='))
    const lines = [[], ...apart, ...joined.map((one) => [one]), ...apart.map((one) => [...one, ...one])]
    for (const line of lines) {
      for (const argv of [
        [...words, ...line],
        [...line, ...words],
      ]) {
        const short = parseFlags(definition, argv)
        t.ok(short, `${path} ${argv.join(' ')}`)
        t.strictSame(short, parseCommand(definition, path, argv, say), `${path} ${argv.join(' ')}`)
      }
    }
    const required = (definition.args ?? []).some((one) => one.required)
    t.equal(parseFlags(definition, []) === undefined, required, `${path} without its words`)
    const more = parseFlags(definition, [...words, 'more'])
    if (definition.args?.at(-1)?.rest) t.strictSame(more, parseCommand(definition, path, [...words, 'more'], say), path)
    else t.equal(more, undefined, `${path} with a word too many`)
  }
})

t.test('anything else is left to the parser', async (t) => {
  const run = await loadCommand(listCommands().find(({ path }) => path === 'gateway run')?.file ?? '')
  const lines = ['--port', '--port x', '--port 70000', '--port=', '--port -1', '--port --json', '--bind moon']
  for (const line of [...lines, '--verbos', '--raw-stream', 'word', '--', '-v', '--verbose=1', '--token']) {
    t.equal(parseFlags(run, line.split(' ')), undefined, line)
  }
})

t.test('a flag and its opposite: the parser decides which counts', async (t) => {
  const definition = defineCommand({
    summary: 'status.summary',
    options: { open: { kind: 'flag', text: 'status.summary' }, noOpen: { kind: 'flag', text: 'status.summary' } },
    run: async () => 0,
  })
  t.equal(parseFlags(definition, ['--open', '--no-open']), undefined)
  t.strictSame(parseFlags(definition, ['--no-open'])?.options, { open: false, noOpen: true })
})

import t from 'tap'
import { listCommands, loadCommand } from '../../src/cli/find.js'
import { loadMessages } from '../../src/cli/messages.js'
import { flagOf } from '../../src/cli/option-names.js'
import { parseCommand } from '../../src/cli/parse.js'
import { parseFlags } from '../../src/cli/parse-flags.js'

const { t: say } = await loadMessages('en')

t.test('the short way gives what the parser gives, for every command', async (t) => {
  for (const { path, file } of listCommands()) {
    const definition = await loadCommand(file)
    if (definition.args?.some(({ required }) => required)) {
      t.equal(parseFlags(definition, []), undefined, `${path} has to be parsed`)
      continue
    }
    const flags = Object.entries(definition.options ?? {}).filter(([, one]) => one.kind === 'flag' && !one.unavailable)
    const all = flags.map(([name]) => flagOf(name))
    for (const argv of [[], all, ...all.map((flag) => [flag, flag])]) {
      t.strictSame(parseFlags(definition, argv), parseCommand(definition, path, argv, say), `${path} ${argv.join(' ')}`)
    }
  }
})

t.test('anything else is left to the parser', async (t) => {
  const run = await loadCommand(listCommands().find(({ path }) => path === 'gateway run')?.file ?? '')
  for (const line of ['--port 1', '--verbos', '--raw-stream', 'word', '--', '-v', '--verbose=1']) {
    t.equal(parseFlags(run, line.split(' ')), undefined, line)
  }
})

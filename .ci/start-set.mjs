// Which source files a gateway loads when it starts and no command does, nor a start that is refused: they are joined into
// one file by the build. What commands need too stays apart, so that a command does not load the gateway.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const statics = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gm
const packages = /^import\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?['"](?!\.|node:)/m

/** Everything that these files import, directly or not, without what is imported late. */
function closure(entries) {
  const seen = new Set()
  const visit = (path) => {
    if (seen.has(path) || !existsSync(path)) return
    seen.add(path)
    for (const [, name] of readFileSync(path, 'utf8').matchAll(statics)) {
      visit(join(dirname(path), name).replace(/\.js$/, '.ts'))
    }
  }
  for (const entry of entries) visit(entry)
  return seen
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

/**
 * Sets of source files that are read together, so that each is one file after the build: what only a gateway reads when
 * it starts, what it shares with commands, and what it reads with the first frame of the control plane. What stands
 * before the port is bound is in none of them: a start that is refused reads nothing else. Paths relative to the project.
 */
export function startSets() {
  const routes = filesOf('routes')
  const isMethod = (path) => path.startsWith(join('routes', 'ws'))
  const early = closure([
    'src/bin.ts',
    'src/main.ts',
    'src/prepare.ts',
    'src/early-port.ts',
    'src/cli/main.ts',
    'src/cli/commands/gateway/run.ts',
  ])
  const commands = closure(filesOf('src/cli').filter((path) => path !== 'src/cli/build-index.ts'))
  const started = closure(['src/serve.ts', 'src/app.ts', ...routes.filter((path) => !isMethod(path))])
  const methods = closure(routes.filter(isMethod))
  const pick = (set, wanted) => new Set([...set].filter((path) => !early.has(path) && wanted(path)))
  return {
    // Routes are found by their paths, where a line stays that leads here.
    atStart: pick(started, (path) => !commands.has(path)),
    // With a package in it, every command that needs any of them would load that too.
    shared: pick(started, (path) => commands.has(path) && !packages.test(readFileSync(path, 'utf8'))),
    withMethods: pick(methods, (path) => !isMethod(path) && !commands.has(path) && !started.has(path)),
  }
}

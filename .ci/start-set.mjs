// Which source files a gateway loads when it starts and no command does, nor a start that is refused: they are joined into one file by the build.
// What commands need too stays apart, so that a command does not load the gateway.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const statics = /^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?['"](\.[^'"]+)['"]/gm

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

/** Paths relative to the project. */
export function startSet() {
  const commands = filesOf('src/cli').filter((path) => path !== 'src/cli/build-index.ts')
  // What stands before the port is bound is read first, and a start that is refused reads nothing else.
  const needed = closure([...commands, 'src/bin.ts', 'src/main.ts', 'src/prepare.ts'])
  const started = closure(['src/serve.ts', 'src/app.ts', ...filesOf('routes')])
  return new Set([...started].filter((path) => !needed.has(path) && !path.startsWith('routes/')))
}

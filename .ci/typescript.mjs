// Lets Node run the sources as they are, for the tests: types are taken out of each file once, for all test processes
// that run beside and after each other. Types themselves are checked by `npm run typecheck`.
import { createRequire, register } from 'node:module'

// tap loads code into every Node that a test starts, to know what it covered. Nothing here asks for that; it makes the
// start of a command three times as slow, and is not what a user starts.
if (Symbol.for('process-on-spawn@*:singletonId') in globalThis) {
  createRequire(import.meta.resolve('tap'))('process-on-spawn').removeAllListeners()
}
process.execArgv = process.execArgv.filter((arg) => !arg.includes('/@tapjs/processinfo/'))

// Tests start sources as programs of their own, in other folders: with the arguments of this process.
const self = process.execArgv.findIndex((arg) => arg.endsWith('.ci/typescript.mjs'))
if (self !== -1) process.execArgv[self] = `--import=${import.meta.url}`

// @fastify/autoload takes .ts files only from runtimes that it knows.
process.env.FASTIFY_AUTOLOAD_TYPESCRIPT = '1'
register('./typescript-hooks.mjs', import.meta.url)

// Lets Node run the sources as they are, for the tests: types are taken out of each file once, for all test processes
// that run beside and after each other. Types themselves are checked by `npm run typecheck`.
import { register } from 'node:module'

// Tests start sources as programs of their own, in other folders: with the arguments of this process.
const self = process.execArgv.findIndex((arg) => arg.endsWith('.ci/typescript.mjs'))
if (self !== -1) process.execArgv[self] = `--import=${import.meta.url}`

// @fastify/autoload takes .ts files only from runtimes that it knows.
process.env.FASTIFY_AUTOLOAD_TYPESCRIPT = '1'
register('./typescript-hooks.mjs', import.meta.url)

// Packages whose code the build joins with ours, because every start of a gateway reads them: as packages they are two
// hundred small files, which take a fifth of the start. All others stay packages, and these stay dependencies: tests
// and the tools of the sources use them as they were installed.
const joined = new Set([
  'fastify',
  'fastify-plugin',
  '@fastify/autoload',
  '@fastify/websocket',
  'pino',
  'ws',
  'ipaddr.js',
])

// What those load late and a gateway never does (plugins/validation.ts takes the place of the compilers), and native
// parts that are not installed.
const late = new Set([
  'abstract-logging',
  'light-my-request',
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
  'bufferutil',
  'utf-8-validate',
])

const inPackage = /\/node_modules\//
/** The bare app stands for what others write: it loads Fastify as it was installed. */
const inBench = /\/bench\//

/** rolldown's `external`: whether the import stays an import. */
export function leftOutside(id, importer = '') {
  if (id.startsWith('node:')) return true
  if (/^[./]/.test(id)) return false
  if (inPackage.test(importer)) return late.has(id)
  return !joined.has(id) || inBench.test(importer)
}

// The build: many small source files become few. Node spends about 0.3 ms on each file that it imports, which for this
// tree is more than Fastify's own start. What is found by its path (routes, commands, providers ...) keeps its path.
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { leftOutside } from './.ci/joined-packages.mjs'
import { startSets } from './.ci/start-set.mjs'

const foundByPath = ['routes', 'src/cli/commands', 'src/providers', 'src/tools', 'src/commands', 'src/doctor/checks', 'src/doctor/audit/checks', 'bench/cases', 'bench/baselines', 'bench/clients']
const channels = readdirSync('src/channels', { recursive: true })
  .filter((path) => /^[^/]+\/index\.ts$/.test(path))
  .map((path) => join('src/channels', path))
const entries = [...channels, 'src/bin.ts', 'src/cli/build-index.ts', 'openapi/generate.ts', 'bench/run.ts']

function modulesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => !path.slice(folder.length).includes('/_'))
}

const { atStart, shared, withMethods } = startSets()
const among = (set) => (id) => set.has(relative(process.cwd(), id))

export default {
  input: Object.fromEntries(
    [...entries, ...foundByPath.flatMap(modulesOf)].map((path) => [path.replace(/\.ts$/, ''), path]),
  ),
  platform: 'node',
  logLevel: 'warn',
  preserveEntrySignatures: 'allow-extension',
  external: leftOutside,
  output: {
    dir: 'dist',
    format: 'esm',
    cleanDir: true,
    sourcemap: true,
    // Comments and blanks are a third of what Node would have to read at each start. Names stay, for stack traces.
    minify: { mangle: { toplevel: true, keepNames: true }, compress: false, codegen: { removeWhitespace: true } },
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // What every command needs, and what every start needs, in one file each. What is imported late stays apart.
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        // Commands need these two as well, and none of the rest.
        { name: 'ws', test: /\/node_modules\/ws\//, priority: 6 },
        { name: 'ipaddr', test: /\/node_modules\/ipaddr\.js\//, priority: 6 },
        { name: 'fastify', test: /\/node_modules\//, priority: 5 },
        { name: 'gateway', test: among(atStart), priority: 0 },
        { name: 'shared', test: among(shared), priority: 0 },
        { name: 'methods', test: among(withMethods), priority: 0 },
        { name: 'command', test: /\/src\/cli\/(?:define|error-text|find|main|messages|notices|option-names|output|parse-flags|root-options|text-width|usage)\.ts$/, priority: 2 },
        // A start that is refused for its port reads no more than this.
        { name: 'early-port', test: /\/src\/early-port\.ts$/, priority: 3 },
        { name: 'listen', test: /\/src\/(?:main|prepare|flags|config\/rules|instance\/(?:listener|lock|os-lock|conflict\/(?:explain|force)))/, priority: 3 },
        { name: 'program', test: /\/src\/(?:cli\/(?:baked-help|colours|locale)|instance\/(?:env|version)|kernel\/code-root)\.ts$/, priority: 4 },
        // What comes with large parts of Node that most commands do without.
        { name: 'crypto', test: /\/src\/kernel\/(?:file-lock|random-id|safe-equal)\.ts$/, priority: 3 },
        { name: 'processes', test: /\/src\/kernel\/(?:end-tree|run-process)\.ts$/, priority: 3 },
        { name: 'base', test: /\/src\/(kernel|instance)\/|\/src\/config\/suggest\.ts$|\/schemas\/(primitives|type|env)/, priority: 2 },
        { name: 'schema', test: /\/schemas\/config\//, priority: 2 },
        { name: 'config', test: /\/src\/config\/(?!rules\/|rules\.|json-schema|schema-lookup|schema-hints|snapshot|submit|watch|file-watcher)/, priority: 1 },
      ],
    },
  },
}

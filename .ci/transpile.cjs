// Types out of a test's sources, for tap: in a millisecond a file instead of twenty, and once for all test files that
// run beside and after each other. Types themselves are checked by `npm run typecheck`.
const { createHash } = require('node:crypto')
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const folder = join(__dirname, '..', 'node_modules', '.cache', 'transpiled')
const { version } = require('rolldown/package.json')

function create() {
  mkdirSync(folder, { recursive: true })
  return { transpile: (input, { fileName }) => cached(input, fileName) }
}

function cached(input, fileName) {
  const key = createHash('sha256').update(`${version}\0${fileName}\0${input}`).digest('base64url').slice(0, 32)
  const path = join(folder, `${key}.json`)
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    const output = transpile(input, fileName)
    // Other test processes read while this one writes.
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, JSON.stringify(output))
    renameSync(draft, path)
    return output
  }
}

function transpile(input, fileName) {
  const { transformSync } = require('rolldown/utils')
  const { code, map, errors } = transformSync(fileName, input, {
    sourcemap: true,
    typescript: { onlyRemoveTypeImports: true },
    tsconfig: false,
  })
  if (errors.length > 0) throw new SyntaxError(`${fileName}: ${errors[0].message}`)
  return { outputText: code, sourceMapText: JSON.stringify(map) }
}

module.exports = { create }

import t from 'tap'
import { findLauncher } from '../../src/service/launcher.js'

const entry = '/usr/lib/node_modules/openclaw/dist/src/bin.js'
/** A file system of links. */
const links = (given: Record<string, string>) => (path: string) => given[path]

t.test('a Node of the system is taken as it is', async (t) => {
  const found = findLauncher({
    execPath: '/usr/bin/node',
    entry,
    searchPath: '/opt/homebrew/bin:/usr/bin',
    home: '/home/u',
    realPath: links({ '/usr/bin/node': '/usr/bin/node', '/opt/homebrew/bin/node': '/usr/bin/node' }),
  })
  t.same(found, { node: '/usr/bin/node', entry, warnings: [] })
})

t.test('pain-22: Homebrew moves its Node at every upgrade; its link stays', async (t) => {
  const cellar = '/opt/homebrew/Cellar/node/24.1.0/bin/node'
  const found = findLauncher({
    execPath: cellar,
    entry,
    searchPath: '/usr/bin',
    home: '/Users/u',
    realPath: links({ [cellar]: cellar, '/opt/homebrew/bin/node': cellar, '/usr/bin/node': '/usr/bin/node' }),
  })
  t.same(found, { node: '/opt/homebrew/bin/node', entry, warnings: [] })
})

const shaky: [string, string][] = [
  ['nvm', '/home/u/.nvm/versions/node/v20.19.0/bin/node'],
  ['fnm', '/home/u/.local/share/fnm/node-versions/v20/installation/bin/node'],
  ['volta', '/home/u/.volta/tools/image/node/20.19.0/bin/node'],
  ['asdf', '/home/u/.asdf/installs/nodejs/20.19.0/bin/node'],
  ['mise', '/home/u/.local/share/mise/installs/node/20/bin/node'],
  ['nodenv', '/home/u/.nodenv/versions/20.19.0/bin/node'],
  ['nvm for Windows', 'C:\\Users\\u\\AppData\\Roaming\\nvm\\v20.19.0\\node.exe'],
]
for (const [name, execPath] of shaky) {
  t.test(
    `pain-22: ${name} takes its Node away one day: said, and another version is never put in its place`,
    async (t) => {
      // /usr/bin/node is there, but it is another Node; a shim is a script, not a link.
      const realPath = links({
        [execPath]: execPath,
        '/usr/bin/node': '/usr/bin/node',
        '/home/u/.asdf/shims/node': '/x',
      })
      const found = findLauncher({
        execPath,
        entry,
        searchPath: '/home/u/.asdf/shims:/usr/bin',
        home: '/home/u',
        realPath,
      })
      t.same(found, { node: execPath, entry, warnings: [{ kind: 'managed', path: execPath }] })
    },
  )
}

t.test('a program that npx or the system cleans up', async (t) => {
  const found = findLauncher({
    execPath: '/usr/bin/node',
    entry: '/home/u/.npm/_npx/0123/node_modules/openclaw/dist/src/bin.js',
    searchPath: undefined,
    home: '/home/u',
    realPath: links({}),
  })
  t.match(found.warnings, [{ kind: 'temporary', path: /_npx/ }])
})

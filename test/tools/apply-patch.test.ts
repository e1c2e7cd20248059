import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { openFiles } from '../../src/tools/_files/open-files.js'
import applyPatch from '../../src/tools/apply-patch.js'
import { testFolder } from '../helper/folder.js'
import { textOf, toolStage } from '../helper/tool-context.js'

type Tree = Readonly<Record<string, string>>

const patch = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n')

const done: readonly { name: string; before?: Tree; input: string; after: Tree; says?: string }[] = [
  {
    name: 'a new file',
    input: patch('*** Add File: src/new.ts', '+one', '+', '+  two'),
    after: { 'src/new.ts': 'one\n\n  two\n' },
    says: 'Done:\nA src/new.ts',
  },
  { name: 'an empty file', input: patch('*** Add File: empty'), after: { empty: '' } },
  {
    name: 'an update',
    before: { a: '1\n2\n3\n4\n5\n' },
    input: patch('*** Update File: a', '@@', ' 2', '-3', '+three', ' 4'),
    after: { a: '1\n2\nthree\n4\n5\n' },
    says: 'Done:\nM a',
  },
  {
    name: 'two hunks, the second after the first',
    before: { a: 'x\nb\nx\nb\n' },
    input: patch('*** Update File: a', '@@', '-x', '+1', '@@', '-x', '+2'),
    after: { a: '1\nb\n2\nb\n' },
  },
  {
    name: 'the first hunk needs no @@',
    before: { a: '1\n2\n' },
    input: patch('*** Update File: a', '-1', '+one'),
    after: { a: 'one\n2\n' },
  },
  {
    name: 'an anchor chooses among equals',
    before: { a: 'def f():\n  pass\n\ndef g():\n  pass\n' },
    input: patch('*** Update File: a', '@@ def g():', '-  pass', '+  return 1'),
    after: { a: 'def f():\n  pass\n\ndef g():\n  return 1\n' },
  },
  {
    name: 'an anchor in an anchor',
    before: { a: 'class A\n  m\n  x\nclass B\n  m\n  x\n' },
    input: patch('*** Update File: a', '@@ class B', '@@   m', '-  x', '+  y'),
    after: { a: 'class A\n  m\n  x\nclass B\n  m\n  y\n' },
  },
  {
    name: 'line numbers of a unified diff are no anchors',
    before: { a: '1\n2\n' },
    input: patch('*** Update File: a', '@@ -1,2 +1,2 @@', '-1', '+one', ' 2'),
    after: { a: 'one\n2\n' },
  },
  {
    name: 'only added lines go to the end',
    before: { a: '1\n' },
    input: patch('*** Update File: a', '@@', '+2', '+3'),
    after: { a: '1\n2\n3\n' },
  },
  {
    name: 'or after the anchor',
    before: { a: '1\n2\n' },
    input: patch('*** Update File: a', '@@ 1', '+1.5'),
    after: { a: '1\n1.5\n2\n' },
  },
  {
    name: 'at the end of the file',
    before: { a: 'x\ny\nx\n' },
    input: patch('*** Update File: a', '@@', '-x', '+z', '*** End of File'),
    after: { a: 'x\ny\nz\n' },
  },
  {
    name: 'a last line without a new line',
    before: { a: '1\n2' },
    input: patch('*** Update File: a', '@@', ' 2', '+3'),
    after: { a: '1\n2\n3\n' },
  },
  {
    name: 'lines are removed',
    before: { a: '1\n2\n3\n' },
    input: patch('*** Update File: a', '@@', ' 1', '-2', ' 3'),
    after: { a: '1\n3\n' },
  },
  {
    name: 'CRLF is kept',
    before: { a: '1\r\n2\r\n' },
    input: patch('*** Update File: a', '@@', ' 1', '-2', '+two', '+three'),
    after: { a: '1\r\ntwo\r\nthree\r\n' },
  },
  {
    name: 'a byte order mark is kept',
    before: { a: '\ufeff1\n' },
    input: patch('*** Update File: a', '@@', '-1', '+2'),
    after: { a: '\ufeff2\n' },
  },
  {
    name: 'a patch with CRLF',
    before: { a: '1\n' },
    input: patch('*** Update File: a', '@@', '-1', '+2').replaceAll('\n', '\r\n'),
    after: { a: '2\n' },
  },
  {
    name: 'context that differs in spaces is found, and stays as it is',
    before: { a: '\tif x:  \n\t\ty\n' },
    input: patch('*** Update File: a', '@@', ' if x:', '-y', '+z'),
    after: { a: '\tif x:  \nz\n' },
  },
  {
    name: 'typographic characters',
    before: { a: 'it’s “here” – now\n' },
    input: patch('*** Update File: a', '@@', '-it\'s "here" - now', '+gone'),
    after: { a: 'gone\n' },
  },
  {
    name: 'a file is removed',
    before: { a: '1\n', b: '2\n' },
    input: patch('*** Delete File: a'),
    after: { b: '2\n' },
    says: 'Done:\nD a',
  },
  {
    name: 'a file is moved',
    before: { a: '1\n' },
    input: patch('*** Update File: a', '*** Move to: b/c'),
    after: { 'b/c': '1\n' },
    says: 'Done:\nD a\nA b/c',
  },
  {
    name: 'a file is moved and changed',
    before: { a: '1\n2\n' },
    input: patch('*** Update File: a', '*** Move to: b', '@@', '-1', '+one'),
    after: { b: 'one\n2\n' },
  },
  {
    name: 'several files',
    before: { a: '1\n', b: '2\n' },
    input: patch('*** Update File: a', '@@', '-1', '+one', '', '*** Add File: c', '+3', '', '*** Delete File: b'),
    after: { a: 'one\n', c: '3\n' },
  },
  {
    name: 'a file twice, each step sees the one before',
    before: { a: '1\n2\n' },
    input: patch('*** Update File: a', '@@', '-1', '+one', '*** Update File: ./a', '@@', '-one', '+ein'),
    after: { a: 'ein\n2\n' },
  },
  {
    name: 'removed and made anew',
    before: { a: '1\n' },
    input: patch('*** Delete File: a', '*** Add File: a', '+2'),
    after: { a: '2\n' },
  },
  {
    name: 'a move to where a file was removed',
    before: { a: '1\n', b: '2\n' },
    input: patch('*** Delete File: b', '*** Update File: a', '*** Move to: b'),
    after: { b: '1\n' },
  },
  {
    name: 'in a here-document',
    input: `apply_patch <<'EOF'\n${patch('*** Add File: a', '+1')}\nEOF`,
    after: { a: '1\n' },
  },
  { name: 'in a fence', input: `\`\`\`\n${patch('*** Add File: a', '+1')}\n\`\`\``, after: { a: '1\n' } },
  {
    name: 'a here-document inside is text',
    input: patch('*** Add File: a.sh', '+cat <<EOF > /etc/passwd', '+$(id) `id`', '+EOF'),
    after: { 'a.sh': 'cat <<EOF > /etc/passwd\n$(id) `id`\nEOF\n' },
  },
]

const there = { a: '1\n2\n', b: 'b\n' }
const first = ['*** Update File: b', '@@', '-b', '+changed']
const refused: readonly { name: string; input: string; says: RegExp }[] = [
  { name: 'no patch', input: 'hello', says: /first line must be "\*\*\* Begin Patch"/ },
  { name: 'no end', input: '*** Begin Patch\n*** Add File: x\n+1', says: /last line must be "\*\*\* End Patch"/ },
  { name: 'nothing in it', input: patch(), says: /changes nothing/ },
  { name: 'only a beginning', input: '*** Begin Patch', says: /last line/ },
  { name: 'an unknown section', input: patch('*** Rename File: a'), says: /Line 2: expected/ },
  { name: 'no name', input: patch('*** Add File: '), says: /no name/ },
  { name: 'a new file without marks', input: patch('*** Add File: x', 'one'), says: /must begin with "\+"/ },
  {
    name: 'a hunk without marks',
    input: patch('*** Update File: a', '@@', 'one'),
    says: /must begin with " ", "-", "\+"/,
  },
  { name: 'an update of nothing', input: patch('*** Update File: a'), says: /changes nothing/ },
  { name: 'text after a removal', input: patch('*** Delete File: a', '-1'), says: /nothing may follow/ },
  {
    name: 'Add of what is there',
    input: patch(...first, '*** Add File: a', '+x'),
    says: /Add File a: it is there already/,
  },
  {
    name: 'Update of what is not there',
    input: patch(...first, '*** Update File: x', '@@', '-1', '+2'),
    says: /Update File x: there is no such file/,
  },
  {
    name: 'Delete of what is not there',
    input: patch(...first, '*** Delete File: x'),
    says: /Delete File x: there is no such file/,
  },
  { name: 'removed twice', input: patch('*** Delete File: a', '*** Delete File: a'), says: /no such file/ },
  {
    name: 'a move onto a file',
    input: patch('*** Update File: a', '*** Move to: b'),
    says: /Move to b: there is a file already/,
  },
  {
    name: 'lines that are not there',
    input: patch(...first, '*** Update File: a', '@@', '-3', '+x'),
    says: /Update File a: hunk 1: these lines are not in the file:\n3\n/,
  },
  {
    name: 'an anchor that is not there',
    input: patch(...first, '*** Update File: a', '@@ zzz', '-1', '+x'),
    says: /there is no line "zzz"/,
  },
  {
    name: 'the second hunk stands before the first',
    input: patch(...first, '*** Update File: a', '@@', '-2', '+x', '@@', '-1', '+y'),
    says: /hunk 2/,
  },
  { name: 'not at the end', input: patch('*** Update File: a', '@@', '-1', '+x', '*** End of File'), says: /hunk 1/ },
]
/** Refused by the files themselves. */
const outside: readonly string[] = [
  patch(...first, '*** Add File: ../x', '+1'),
  patch(...first, '*** Add File: /tmp/openclaw-test-x', '+1'),
  patch(...first, '*** Add File: link/x', '+1'),
  patch(...first, '*** Delete File: link/secret'),
  patch(...first, '*** Update File: link/secret', '@@', '-s', '+x'),
  patch(...first, '*** Update File: a', '*** Move to: ../x'),
  patch(...first, '*** Update File: a', '*** Move to: link/x'),
  patch(...first, '*** Update File: link/secret', '*** Move to: mine'),
  patch(...first, '*** Delete File: a/../../x'),
]

function stage(t: Parameters<typeof toolStage>[0], tree: Tree, config: Config = {}) {
  const made = toolStage(t, config)
  const folder = join(made.workspace, 'w')
  mkdirSync(folder)
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
  const files = openFiles({ root: folder, mounts: [{ at: folder, folder, writable: true }] })
  return { ...made, folder, context: { ...made.context, files } }
}

t.test('patches', async (t) => {
  for (const { name, before = {}, input, after, says } of done) {
    const { context, folder } = stage(t, before)
    const result = await applyPatch.run(context, { input })
    t.notOk(result.isError, `${name}: ${textOf(result)}`)
    t.strictSame(treeOf(folder), after, name)
    if (says !== undefined) t.equal(textOf(result), says, name)
  }
})

t.test('all or nothing', async (t) => {
  for (const { name, input, says } of refused) {
    const { context, folder } = stage(t, there)
    const result = await applyPatch.run(context, { input })
    t.equal(result.isError, true, name)
    t.match(textOf(result), says, name)
    t.match(textOf(result), /Nothing was changed\.$/, name)
    t.strictSame(treeOf(folder), there, name)
  }
})

t.test('nothing outside, and then nothing at all', async (t) => {
  for (const input of outside) {
    const { context, folder } = stage(t, there)
    const away = testFolder(t)
    writeFileSync(join(away, 'secret'), 's\n')
    symlinkSync(away, join(folder, 'link'))
    await t.rejects(applyPatch.run(context, { input }), { code: 'path_outside' }, input)
    t.strictSame(treeOf(folder), there, input)
    t.strictSame(readdirSync(away).sort(), ['secret', 'tmp'])
  }
})

t.test('a failure on the way takes back what was done', async (t) => {
  const { context, folder } = stage(t, { a: '1\n', 'sub/b': '2\n' })
  const files = {
    ...context.files,
    write: async (path: string, data: string | Buffer) => {
      if (path === 'sub/b') throw new Error('the disk broke')
      return context.files.write(path, data)
    },
    workspaceOnly: () => files,
  }
  const input = patch(
    '*** Update File: a',
    '@@',
    '-1',
    '+x',
    '*** Add File: c',
    '+3',
    '*** Update File: sub/b',
    '@@',
    '-2',
    '+y',
  )
  await t.rejects(applyPatch.run({ ...context, files }, { input }), { message: 'the disk broke' })
  t.strictSame(treeOf(folder), { a: '1\n', 'sub/b': '2\n' })
})

t.test('the workspace is the limit unless the config says otherwise', async (t) => {
  const away = testFolder(t)
  const input = patch(`*** Add File: ${join(away, 'x')}`, '+1')
  const everywhere = (config: Config) => {
    const { context, folder } = stage(t, {}, config)
    const mount = (path: string) => ({ at: path, folder: path, writable: true })
    return { ...context, files: openFiles({ root: folder, mounts: [mount(folder), mount('/')] }) }
  }
  await t.rejects(applyPatch.run(everywhere({}), { input }), { code: 'path_outside' })
  const open: Config = { tools: { exec: { applyPatch: { workspaceOnly: false } } } }
  t.notOk((await applyPatch.run(everywhere(open), { input })).isError)
  t.equal(readFileSync(join(away, 'x'), 'utf8'), '1\n')
})

t.test('the mode of a file stays', async (t) => {
  const { context, folder } = stage(t, { 'run.sh': '1\n' })
  chmodSync(join(folder, 'run.sh'), 0o755)
  await applyPatch.run(context, { input: patch('*** Update File: run.sh', '@@', '-1', '+2') })
  t.equal(statSync(join(folder, 'run.sh')).mode & 0o777, 0o755)
})

t.test('a file that moves keeps its mode', async (t) => {
  const { context, folder } = stage(t, { 'run.sh': 'a\n', 'key.pem': '1\n' })
  chmodSync(join(folder, 'run.sh'), 0o755)
  chmodSync(join(folder, 'key.pem'), 0o600)
  const move = (from: string, to: string, ...hunk: string[]) => [
    ...[`*** Update File: ${from}`, `*** Move to: ${to}`, '@@', ...hunk],
  ]
  const input = patch(...move('run.sh', 'bin/run.sh', '-a', '+b'), ...move('key.pem', 'keys/key.pem', '-1', '+2'))
  await applyPatch.run(context, { input })
  const modes = ['bin/run.sh', 'keys/key.pem'].map((path) => statSync(join(folder, path)).mode & 0o777)
  t.strictSame(modes, [0o755, 0o600])
})

t.test('a file that comes back after a failure has its mode', async (t) => {
  const { context, folder } = stage(t, { 'key.pem': '1\n', b: '2\n' })
  chmodSync(join(folder, 'key.pem'), 0o600)
  const files = {
    ...context.files,
    remove: async (path: string) => {
      if (path === 'b') throw new Error('the disk broke')
      return context.files.remove(path)
    },
    workspaceOnly: () => files,
  }
  const input = patch('*** Delete File: key.pem', '*** Delete File: b')
  await t.rejects(applyPatch.run({ ...context, files }, { input }), { message: 'the disk broke' })
  t.strictSame(treeOf(folder), { 'key.pem': '1\n', b: '2\n' })
  t.equal(statSync(join(folder, 'key.pem')).mode & 0o777, 0o600)
})

t.test('which models get it', async (t) => {
  const is = (config: Config, model?: string) =>
    applyPatch.available?.(config, { agent: 'main', env: {}, ...(model && { model }) })
  const only = (...allowModels: string[]): Config => ({ tools: { exec: { applyPatch: { allowModels } } } })
  t.equal(is({}), true)
  t.equal(is({ tools: { exec: { applyPatch: { enabled: false } } } }), false)
  t.equal(is(only('openai/gpt-5'), 'openai/gpt-5'), true)
  t.equal(is(only('GPT-5'), 'openai/gpt-5'), true)
  t.equal(is(only('gpt-5'), 'openai/gpt-5-mini'), false)
  t.equal(is(only('gpt-5'), 'anthropic/x'), false)
  t.equal(is({ agents: { entries: { main: { tools: { exec: { applyPatch: { enabled: false } } } } } } }), false)
})

/** Files by path; links are left out. */
function treeOf(folder: string): Tree {
  const paths = execFileSync('find', ['.', '-type', 'f'], { cwd: folder, encoding: 'utf8' }).split('\n').filter(Boolean)
  return Object.fromEntries(paths.sort().map((path) => [path.slice(2), readFileSync(join(folder, path), 'utf8')]))
}

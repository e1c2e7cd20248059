import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { type GateStage, gateStage, listOf } from '../helper/exec-gate.js'

/**
 * Ways around a list that allows `ls`, `git status`, `find`, `tar`, `python3`, a folder of tools, and nothing else.
 * Every one must be refused, and must reach nobody who could be talked into it.
 */
const list = [
  'ls',
  '/usr/bin/cat',
  { pattern: 'git', argPattern: '^status( -s)?$' },
  '/usr/bin/find',
  '/usr/bin/tar',
  '/usr/bin/sort',
  '/usr/bin/sed',
  '/usr/bin/env',
  '/usr/bin/sh',
  '/bin/bash',
  '/usr/bin/bash',
  '/usr/bin/dash',
  '/usr/bin/xargs',
  '/usr/bin/awk',
  '/usr/bin/mawk',
  '/usr/bin/make',
  '/usr/bin/split',
  '/usr/bin/sdiff',
  '/usr/bin/install',
]

async function stage(t: Parameters<typeof gateStage>[0]): Promise<GateStage> {
  const made = await gateStage(t, { tools: { exec: { mode: 'allowlist' } } })
  made.allow(listOf(...list, `${made.home}/tools/*`))
  mkdirSync(join(made.home, 'tools'))
  return made
}

t.test('what is on the list runs', async (t) => {
  const { clear } = await stage(t)
  for (const line of [
    'ls',
    'ls -la /tmp',
    'ls \'a b\' "c d" e\\ f',
    'cat x | head -n 5 | wc -l',
    'ls && cat x || ls; ls',
    'ls\nls',
    'git status',
    'git status -s',
    'timeout 5 nice -n 10 ls',
    'nohup ls',
    'env ls',
    'find . -name x',
    'tar tvf x',
    'sed --sandbox -n 1p x | sort -u | tr a-z A-Z | cut -d: -f1',
  ]) {
    const { command } = await clear(line)
    t.ok(command, line)
  }
})

t.test('what runs is what was judged, not the line', async (t) => {
  const { clear } = await stage(t)
  t.strictSame((await clear("ls 'a b'")).command, ['/usr/bin/ls', 'a b'])
  t.strictSame((await clear(`ls "it's" | wc -l`)).command, [
    '/bin/sh',
    '-c',
    `'/usr/bin/ls' 'it'\\''s' | '/usr/bin/wc' '-l'`,
  ])
  t.strictSame((await clear('timeout 5 ls')).command, ['/usr/bin/timeout', '5', '/usr/bin/ls'])
})

t.test('`cd folder &&` says where the rest runs', async (t) => {
  const { clear, workspace } = await stage(t)
  mkdirSync(join(workspace, 'inner'))
  const { command, cwd } = await clear('cd inner && ls')
  t.strictSame(command, ['/usr/bin/ls'])
  t.equal(cwd, join(workspace, 'inner'))
  for (const line of ['cd inner; ls', 'cd missing && ls', 'cd - && ls', 'ls && cd inner && ls']) {
    await t.rejects(clear(line), { code: 'exec_denied' }, line)
  }
})

const lines: readonly (readonly [string, string])[] = [
  ['another program', 'id'],
  ['a full path', '/usr/bin/id'],
  ['a relative path to a system program', '../../../../../../usr/bin/id'],
  ['another case', 'LS'],
  ['the second command after ;', 'ls; id'],
  ['the second command after &&', 'ls && id'],
  ['the second command after ||', 'ls || id'],
  ['the second command of a pipe', 'ls | sh'],
  ['the second command after a line break', 'ls\nid'],
  ['a background command', 'ls & id'],
  ['a pipe with stderr', 'ls |& sh'],
  ['command substitution', 'ls $(id)'],
  ['command substitution in quotes', 'ls "$(id)"'],
  ['backticks', 'ls `id`'],
  ['backticks in quotes', 'ls "`id`"'],
  ['process substitution', 'cat <(id)'],
  ['a redirection', 'cat x > ~/.bashrc'],
  ['a redirection without spaces', 'cat x>y'],
  ['an appending redirection', 'cat x >> y'],
  ['input redirection', 'ls < /etc/passwd'],
  ['a heredoc', 'cat <<EOF\n$(id)\nEOF'],
  ['a here string', 'cat <<< "$(id)"'],
  ['a variable as the command', '$SHELL'],
  ['a variable as an argument', 'ls $IFS'],
  ['an assignment in front', 'PATH=/tmp ls'],
  ['an assignment of a loader', 'LD_PRELOAD=./x.so ls'],
  ['a glob', 'cat /etc/pass*'],
  ['braces', '{ls,-la}'],
  ['a group', '{ ls; id; }'],
  ['a subshell', '(id)'],
  ['a function', 'ls() { id; }; ls'],
  ['control flow', 'if true; then id; fi'],
  ['a loop', 'for i in 1; do id; done'],
  ['negation', '! id'],
  ['an alias', 'alias ls=id; ls'],
  ['eval', 'eval id'],
  ['exec', 'exec id'],
  ['source', '. ./x'],
  ['command', 'command id'],
  ['a quoted name', "'i'd"],
  ['an escaped name', '\\id'],
  ['ANSI-C quotes', "$'\\x69\\x64'"],
  ['a quote that is not closed', "ls 'x"],
  ['a comment', 'ls # x'],
  ['a line that goes on', 'ls \\\n; id'],
  ['a null character', 'ls\0id'],
  ['a carriage return', 'ls\rid'],
  ['nested sh -c', "sh -c 'ls'"],
  ['nested bash -c with options', "bash --norc -lc 'id'"],
  ['a shell by its path', '/bin/bash -c id'],
  ['a shell without arguments', 'cat x | sh'],
  ['env with a command', 'env id'],
  ['env with an assignment', 'env A=b ls'],
  ['env -S', "env -S 'ls -la'"],
  ['a chain of wrappers', 'nice env timeout 5 id'],
  ['a chain of wrappers around a shell', "timeout 5 sh -c 'ls'"],
  ['more wrappers than anybody needs', 'nice nice nice nice nice nice id'],
  ['xargs', 'cat x | xargs id'],
  ['find -exec', 'find . -exec id {} +'],
  ['find -exec quoted', "find . '-exec' id ';'"],
  ['find -delete', 'find . -delete'],
  ['find that writes', 'find . -fprintf /tmp/x y'],
  ['tar that runs a program', 'tar cf x y --checkpoint=1 --checkpoint-action=exec=id'],
  ['tar with a shortened option', 'tar cf x y --checkpoint=1 --checkpoint-act=exec=id'],
  ['tar with a filter', 'tar xf x -I id'],
  ['tar in the old style', 'tar xIf id x'],
  ['sort that writes', 'sort -o /etc/passwd x'],
  ['sort that runs a program', 'sort --comp=id x'],
  ['sed that runs a program', "sed '1e id' x"],
  ['awk', 'awk \'BEGIN{system("id")}\''],
  ['make with a variable', 'make SHELL=id'],
  ['split with a filter', "split --filter='id' x"],
  ['split with a shortened filter', 'split --fil=id x'],
  ['sdiff with another program', 'sdiff --diff-program=id x y'],
  ['install with another program', 'install --strip-program=id -s x y'],
  ['git with other arguments', 'git log'],
  ['git with the right words and more', 'git -c alias.x=!id status'],
  ['an argument that only looks right', "git 'status' -s -x"],
  ['a safe filter with a file', 'head /etc/shadow'],
  ['a safe filter with a file after an option', 'tail -n 5 /etc/shadow'],
  ['a safe filter that reads a list of files', 'wc --files0-from=/etc/shadow'],
  ['a safe filter that writes', 'ls | uniq - /etc/passwd'],
  ['a safe filter by another path', './head'],
]

t.test(`${lines.length} lines that try to get around the list`, async (t) => {
  const made = await stage(t)
  for (const name of ['ls', 'head', 'id', 'env', 'git']) made.program(name, '#!/bin/sh\ntouch owned\n')
  for (const [name, line] of lines) await t.rejects(made.clear(line), { code: 'exec_denied' }, `${name}: ${line}`)
  t.strictSame(made.asked, [], 'nobody was asked')
})

t.test(
  'issue-4-safe-jq: filters that the config adds touch no file either',
  { skip: !existsSync('/usr/bin/jq') },
  async (t) => {
    const made = await gateStage(t, {
      tools: { exec: { mode: 'allowlist', safeBins: ['jq', 'sort', 'grep', 'base64'] } },
    })
    for (const line of ['jq .a', 'jq -r ".a | length"', 'sort -u -k 2', 'grep -i x', 'base64 -d'])
      t.ok(await made.clear(line), line)
    for (const line of [
      `jq -n 'import "/root/.openclaw/openclaw" as $x; $x'`,
      `jq -n 'include "x"; f'`,
      `jq -n '"x" | modulemeta'`,
      'jq . /etc/passwd',
      'jq -f x',
      'jq --slurpfile a /etc/passwd .',
      'jq -L /tmp .',
      'sort -o x',
      'grep -f /etc/passwd x',
      'grep -r x',
      'grep x /etc/passwd',
      'base64 /etc/passwd',
      'head -n 1',
    ])
      await t.rejects(made.clear(line), { code: 'exec_denied' }, line)
  },
)

t.test('files that lie about themselves', async (t) => {
  const made = await stage(t)
  const { clear, workspace, home, program } = made
  program('ls')
  symlinkSync('/usr/bin/id', join(workspace, 'cat'))
  symlinkSync('/usr/bin/id', join(home, 'tools/link'))
  copyFileSync('/bin/sh', join(workspace, 'tool'))
  program('dir.d/tool')
  const attempts: readonly (readonly [string, string | string[], object?])[] = [
    ['a program of the workspace with an allowed name', './ls'],
    ['the same by its absolute path', join(workspace, 'ls')],
    ['a link in the workspace with an allowed name', './cat x'],
    ['a link in an allowed folder', join(home, 'tools/link')],
    ['out of an allowed folder', `${home}/tools/../workspace/ls`],
    ['a folder with an allowed name', `${home}/tools`],
    ['an argument list is held to the same rules', ['sh', '-c', 'id']],
    ['an empty argument list', []],
    ['an empty word', ['']],
    ['the workspace in PATH', 'tool', { path: `${workspace}:/usr/bin` }],
    ['a relative folder in PATH', 'tool', { path: `.:${workspace}/..:/usr/bin` }],
    ['a variable that changes what a program does', 'ls', { env: { GIT_SSH_COMMAND: 'id' } }],
    ['an unknown variable', 'ls', { env: { LS_HELPER: 'id' } }],
  ]
  for (const [name, command, more] of attempts) await t.rejects(clear(command, more), { code: 'exec_denied' }, name)
  program('../tools/real')
  t.strictSame((await clear(join(home, 'tools/real'))).command, [join(home, 'tools/real')])
  t.ok(await clear('ls', { env: { LANG: 'C', TZ: 'UTC', NO_COLOR: '1' } }), 'what only changes how it looks is fine')
})

t.test('what changes between judging and running is noticed', async (t) => {
  const made = await stage(t)
  const { clear, home, workspace, program } = made
  const tool = program('../tools/tool')
  const changes: readonly (readonly [string, () => void])[] = [
    ['written', () => writeFileSync(tool, '#!/bin/sh\nid\n')],
    [
      'renamed over',
      () => {
        const other = program('other')
        renameSync(other, tool)
      },
    ],
    [
      'made a link',
      () => {
        rmSync(tool)
        symlinkSync('/usr/bin/id', tool)
      },
    ],
    ['removed', () => rmSync(tool)],
  ]
  for (const [name, change] of changes) {
    program('../tools/tool')
    const cleared = await clear(tool)
    cleared.check()
    change()
    t.throws(() => cleared.check(), { code: 'exec_denied', details: { reason: 'changed', path: tool } }, name)
    rmSync(tool, { force: true })
  }
  const cleared = await clear('ls')
  renameSync(workspace, join(home, 'moved'))
  mkdirSync(workspace)
  t.throws(() => cleared.check(), { code: 'exec_denied', details: { path: workspace } }, 'the folder was exchanged')
})

t.test('a script that an interpreter is given counts as much as the interpreter', async (t) => {
  const made = await stage(t)
  made.allow(listOf({ pattern: 'bash', argPattern: '^run\\.sh$' }))
  const script = made.program('run.sh')
  const cleared = await made.clear('bash run.sh')
  writeFileSync(script, 'id')
  t.throws(() => cleared.check(), { code: 'exec_denied', details: { path: script } })
})

t.test('calls can only be stricter', async (t) => {
  const made = await stage(t)
  await t.rejects(made.clear('id', { security: 'full', ask: 'off' }), { code: 'exec_denied' })
  await t.rejects(made.clear('ls', { security: 'deny' }), { code: 'exec_denied' })
  made.config = { tools: { exec: { mode: 'full' } } }
  made.allow({ defaults: { security: 'deny' } })
  await t.rejects(made.clear('ls', { security: 'full' }), { code: 'exec_denied' }, 'the file of the host has its say')
  made.allow({ defaults: { security: 'nonsense' } })
  await t.rejects(made.clear('ls'), { code: 'exec_denied' }, 'an unknown word is the strictest one')
  writeFileSync(made.file, '{ "version": 1, "agents": {')
  await t.rejects(made.clear('ls'), { message: /Nothing may run/ }, 'a broken file lets nothing through')
})

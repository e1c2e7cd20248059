/** What an attempt may name: folders of this machine that belong to the test. */
export interface Places {
  readonly workspace: string
  /** Holds `secret.txt`, and nothing that is made in it goes unseen. */
  readonly outside: string
  readonly state: string
  /** Of the gateway. */
  readonly pid: number
}

/**
 * The gateway that it is tried on. closed: the policy denies commands and changes of files. listed: commands by a list.
 * open: any command, files of the workspace. boxed: everything in a sandbox that shares the workspace.
 */
export type Stage = 'closed' | 'listed' | 'open' | 'boxed'

export interface Attempt {
  readonly name: string
  readonly stage: Stage
  readonly call: Readonly<Record<string, unknown>>
  /** A command that the agent runs before; it is allowed. */
  readonly before?: string
  /**
   * The code of the refusal. `in vain`: it runs and fails or changes nothing, since what it needs is taken from it or
   * not there.
   */
  readonly code: string
}

type Args = Readonly<Record<string, unknown>>

const touch = (outside: string) => `touch ${outside}/owned`

/** Names that are no way to a tool which the policy denies, and arguments that are none to another tool. */
export function byName({ outside }: Places): readonly Attempt[] {
  const args = { command: touch(outside), path: `${outside}/owned`, content: 'x', input: 'x' }
  const rows: readonly (readonly [name: string, call: Args, code: string])[] = [
    ['upper case', { tool: 'EXEC', args }, 'tool_denied'],
    ['an alias', { tool: 'bash', args }, 'tool_denied'],
    ['an alias in mixed case', { tool: 'Shell', args }, 'tool_denied'],
    ['a dash for an underscore', { tool: 'apply-patch', args }, 'tool_denied'],
    ['spaces around it', { tool: '\t exec \n', args }, 'tool_denied'],
    ['a byte order mark in front', { tool: '\uFEFFexec', args }, 'tool_denied'],
    ['two names', { tool: 'read', name: 'exec', args }, 'tool_denied'],
    ['by way of more_tools', { tool: 'more_tools', args: { name: 'exec', args } }, 'tool_denied'],
    ['by way of more_tools, in a text', { tool: 'More-Tools', args: { name: 'Bash', args: JSON.stringify(args) } }, 'tool_denied'],
    ['by way of more_tools twice', { tool: 'more_tools', args: { name: 'more_tools', args: { name: 'exec', args } } }, 'tool_error'],
    ['a name in the action', { tool: 'read', action: 'exec', args: { ...args, path: 'none' } }, 'file_not_found'],
    ['a name in the arguments', { tool: 'read', args: { path: 'none', tool: 'exec', args } }, 'file_not_found'],
    ['Cyrillic letters', { tool: '\u0435\u0445\u0435\u0441', args }, 'tool_not_found'],
    ['full-width letters', { tool: '\uFF45\uFF58\uFF45\uFF43', args }, 'tool_not_found'],
    ['a letter that lower case makes one of ours', { tool: 'e\u212Aec', args }, 'tool_not_found'],
    ['a character that nobody sees', { tool: 'ex\u200Bec', args }, 'tool_not_found'],
    ['a NUL behind it', { tool: 'exec\0', args }, 'tool_not_found'],
    ['a line break in it', { tool: 'read\nexec', args }, 'tool_not_found'],
    ['a namespace', { tool: 'functions.exec', args }, 'tool_not_found'],
    ['a path to its file', { tool: '../tools/exec', args }, 'tool_not_found'],
    ['the file of a helper', { tool: '_exec/start', args }, 'tool_not_found'],
    ['a group', { tool: 'group:runtime', args }, 'tool_not_found'],
    ['a glob', { tool: 'ex*', args }, 'tool_not_found'],
    ['a word of the prototype', { tool: '__proto__', args }, 'tool_not_found'],
    ['a constructor', { tool: 'constructor', args }, 'tool_not_found'],
    ['a very long name', { tool: 'exec'.repeat(100_000), args }, 'invalid_request'],
    ['the longest name that is read', { tool: 'exec'.repeat(128), args }, 'tool_not_found'],
    ['another agent than that of the session', { tool: 'exec', args, agentId: 'work', sessionKey: 'agent:main:main' }, 'invalid_request'],
    ['an agent in upper case', { tool: 'exec', args, sessionKey: 'agent:MAIN:main' }, 'tool_denied'],
    ['a session that looks like one of the gateway', { tool: 'exec', args, sessionKey: 'agent:main:cron:x' }, 'tool_denied'],
    ['a session key that holds another', { tool: 'exec', args, sessionKey: 'agent:main:subagent:agent:main:main' }, 'tool_denied'],
    ['a dry run that is none', { tool: 'exec', args, dryRun: true, force: true }, 'tool_denied'],
  ] // biome-ignore format: one line each
  return rows.map(([name, call, code]) => ({ name: `name: ${name}`, stage: 'closed', call, code }))
}

/** Ways around a list that lets `ls`, `cat`, `find`, `perl script`, `git status` and `/usr/bin/env` through. */
export function byCommand({ outside, workspace }: Places): readonly Attempt[] {
  const owned = touch(outside)
  const denied: readonly (readonly [name: string, command: unknown, more?: Args])[] = [
    ['python -c', `python3 -c "import os; os.system('${owned}')"`],
    ['node -e', `node -e "require('fs').writeFileSync('${outside}/owned', '')"`],
    ['perl -e, though perl is on the list', `perl -e 'system("${owned}")'`],
    ['perl -e behind an option with a value', `perl -I lib -e 'system("${owned}")'`],
    ['sh -c', `sh -c '${owned}'`],
    ['bash -lc', `bash -lc '${owned}'`],
    ['xargs', `ls ${outside} | xargs touch ${outside}/owned`],
    ['find -exec', `find ${outside} -exec ${owned} +`],
    ['awk system()', `awk 'BEGIN { system("${owned}") }'`],
    ['env with a variable', `env X=1 ${owned}`],
    ['env with a program', `env ${owned}`],
    ['a variable in front', `X=1 ${owned}`],
    ['a PATH in front', `PATH=${workspace}:$PATH ls`],
    ['a heredoc', `cat <<EOF\n$(${owned})\nEOF`],
    ['a heredoc for a shell', `sh <<'EOF'\n${owned}\nEOF`],
    ['command substitution', `ls "$(${owned})"`],
    ['backticks', `ls \`${owned}\``],
    ['a semicolon', `ls; ${owned}`],
    ['two ampersands', `ls && ${owned}`],
    ['a line break', `ls\n${owned}`],
    ['a carriage return', `ls\r${owned}`],
    ['a NUL', `ls\0; ${owned}`],
    ['$IFS for spaces', `ls;touch$IFS${outside}/owned`],
    ['a redirection', `cat notes.md > ${outside}/owned`],
    ['a look-alike of ls', `l\u0455 ${outside}`],
    ['spaces that are none', `ls\u00A0;\u00A0${owned}`],
    ['the name of a listed program for another', `./ls ${outside}`],
    ['a copied shell', `./copy -c '${owned}'`],
    ['a link with a listed name', `./cat -c '${owned}'`],
    ['a listed program found elsewhere', `${workspace}/find`],
    ['git with an alias', `git -c alias.status='!${owned}' status`],
    ['another security than that of the config', owned, { security: 'full' }],
    ['nobody to be asked', owned, { ask: 'off', security: 'full', elevated: true }],
    ['a PATH of its own', 'ls', { env: { PATH: workspace } }],
    ['a loader', 'ls', { env: { LD_PRELOAD: `${workspace}/x.so` } }],
    ['a loader in lower case', 'ls', { env: { ld_preload: `${workspace}/x.so` } }],
    ['an exported function', 'ls', { env: { 'BASH_FUNC_ls%%': `() { ${owned}; }` } }],
    ['a variable that nobody knows', 'ls', { env: { LS_HOOK: owned } }],
    ['a sandbox that is not there', 'ls', { host: 'sandbox' }],
  ]
  const other: readonly (readonly [name: string, args: Args, code: string])[] = [
    ['the shell\'s own start file', { command: 'ls', env: { BASH_ENV: `${workspace}/evil.sh`, ENV: `${workspace}/evil.sh` } }, 'in vain'],
    ['options of node', { command: 'ls', env: { NODE_OPTIONS: `--require ${workspace}/evil.js` } }, 'in vain'],
    ['a program for git', { command: 'git status', env: { GIT_SSH_COMMAND: owned, GIT_PAGER: owned } }, 'in vain'],
    ['a node that is not there', { command: 'ls', host: 'node' }, 'exec_failed'],
    ['a command in the command', { command: { command: owned } }, 'invalid_tool_arguments'],
    ['a list of words', { command: ['sh', '-c', owned] }, 'invalid_tool_arguments'],
    ['arguments in the arguments', { args: { command: owned } }, 'invalid_tool_arguments'],
    ['a host that there is not', { command: owned, host: 'local' }, 'invalid_tool_arguments'],
  ] // biome-ignore format: one line each
  const call = (args: Args) => ({ tool: 'exec', args })
  return [
    ...denied.map(([name, command, more]) => ({ name, call: call({ command, ...more }), code: 'exec_denied' })),
    ...other.map(([name, args, code]) => ({ name, call: call(args), code })),
  ].map(({ name, ...row }): Attempt => ({ name: `command: ${name}`, stage: 'listed', ...row }))
}

/** Ways out of the workspace for the file tools, where commands may lay the links. */
export function byPath({ outside, workspace, state, pid }: Places): readonly Attempt[] {
  const read = (path: string) => ({ tool: 'read', args: { path } })
  const write = (path: string) => ({ tool: 'write', args: { path, content: 'x' } })
  const patch = (...lines: readonly string[]) => ({
    tool: 'apply_patch',
    args: { input: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n') },
  })
  const links = `ln -sfn ${outside} folder; ln -sf ${outside}/secret.txt file; ln -sfn folder chain; ln -sfn chain/. chain2; ln -sf ${outside}/owned nothing`
  const rows: readonly (readonly [name: string, call: Args, code: string, before?: string])[] = [
    ['..', read('../../outside/secret.txt'), 'path_outside'],
    ['.. behind a file', read('notes.md/../../../outside/secret.txt'), 'path_outside'],
    ['an absolute path', write(`${outside}/owned`), 'path_outside'],
    ['the home folder', read('~/outside/secret.txt'), 'path_outside'],
    ['the state folder', read(`${state}/openclaw.json`), 'path_outside'],
    ['a folder whose name begins alike', write(`${workspace}-2/owned`), 'path_outside'],
    ['a link to a file', read('file'), 'path_outside', links],
    ['a link to a file, written', write('file'), 'path_outside', links],
    ['a link to a folder', write('folder/owned'), 'path_outside', links],
    ['a chain of links', read('chain2/secret.txt'), 'path_outside', links],
    ['a link that leads nowhere yet', write('nothing'), 'path_outside', links],
    ['a new folder below a link', write('folder/a/b/owned'), 'path_outside', links],
    ['an edit through a link', { tool: 'edit', args: { path: 'file', oldText: 'SECRET', newText: 'x' } }, 'path_outside', links],
    ['a link to itself', read('loop'), 'path_outside', 'ln -sfn loop loop'],
    ['the root of a process', read(`/proc/self/root${outside}/secret.txt`), 'path_outside'],
    ['the folder of a process', read('/proc/self/cwd/../outside/secret.txt'), 'path_outside'],
    ['an open file of a process', read('/proc/self/fd/0'), 'path_outside'],
    ['a link to the environment of the gateway', read('env'), 'path_outside', `ln -sf /proc/${pid}/environ env`],
    ['/workspace, which is another place here', write('/workspace/owned'), 'path_outside'],
    ['a patch that adds outside', patch('*** Add File: ../../outside/owned', '+x'), 'path_outside'],
    ['a patch that moves out', patch('*** Update File: notes.md', '*** Move to: ../../outside/owned', '@@', '-one', '+x'), 'path_outside'],
    ['a patch that moves out by a link', patch('*** Update File: notes.md', '*** Move to: folder/owned', '@@', '-one', '+x'), 'path_outside', links],
    ['a patch that deletes outside', patch(`*** Delete File: ${outside}/secret.txt`), 'path_outside'],
    ['a patch whose second part is outside', patch('*** Add File: fine.md', '+x', '*** Add File: folder/owned', '+x'), 'path_outside', links],
    ['a NUL in the path', read(`notes.md\0/../../../outside/secret.txt`), 'path_outside'],
    ['a URL', read(`file://${outside}/secret.txt`), 'file_not_found'],
    ['two dots in percent', read('%2e%2e/%2e%2e/outside/secret.txt'), 'file_not_found'],
    ['two dots that only look like it', read('\u2024\u2024/\u2024\u2024/outside/secret.txt'), 'file_not_found'],
    ['backslashes', read('..\\..\\outside\\secret.txt'), 'file_not_found'],
    ['a very long name', write('x'.repeat(5_000)), 'not_a_file'],
    ['a folder in place of a file', write('.'), 'not_a_file'],
    ['a pipe that nobody writes to', read('pipe'), 'not_a_file', 'test -p pipe || mkfifo pipe'],
    ['a file of this machine by web_fetch', { tool: 'web_fetch', args: { url: `file://${outside}/secret.txt` } }, 'egress_blocked'],
    ['the gateway itself by web_fetch', { tool: 'web_fetch', args: { url: 'http://127.0.0.1:18789/' } }, 'egress_blocked'],
    ['the cloud\'s own service by web_fetch', { tool: 'web_fetch', args: { url: 'http://169.254.169.254/' } }, 'egress_blocked'],
  ] // biome-ignore format: one line each
  return rows.map(([name, call, code, before]) => ({
    name: `path: ${name}`,
    stage: 'open',
    call,
    code,
    ...(before !== undefined && { before }),
  }))
}

/** Ways out of a real sandbox. */
export function byBox({ outside, state, pid }: Places): readonly Attempt[] {
  const owned = touch(outside)
  const exec = (args: Args) => ({ tool: 'exec', args })
  const read = (path: string) => ({ tool: 'read', args: { path } })
  const links = `ln -sfn ${outside} folder; ln -sf ${outside}/secret.txt file; ln -sfn / root`
  const vain: readonly (readonly [name: string, command: string])[] = [
    ['a path of the host', `cat ${outside}/secret.txt`],
    ['a file of the host, made', owned],
    ['the root of a process', `cat /proc/self/root${outside}/secret.txt /proc/1/root${outside}/secret.txt`],
    ['the environment of the gateway', `cat /proc/${pid}/environ`],
    ['the gateway, killed', `kill -9 ${pid}`],
    ['open files of every process', `cat /proc/[0-9]*/fd/[3-9] ${state}/openclaw.json`],
    ['a hard link', `ln ${outside}/secret.txt hard && cat hard`],
    ['a link, followed inside', `${links}; cat file folder/secret.txt root${outside}/secret.txt`],
    ['a mount', `mkdir -p m && mount --bind / m`],
    ['a namespace of its own', `unshare -Urm sh -c 'cat ${outside}/secret.txt'`],
    ['the namespaces of somebody else', 'nsenter -t 1 -a true'],
    ['another root', '/usr/sbin/chroot / true'],
    // What is there already: a wall that fails changes nothing on this machine.
    ['a program for crashes of the machine', 'f=/proc/sys/kernel/core_pattern; v=$(cat $f); echo "$v" >$f'],
    ['a device', 'mknod disk b 8 0 && cat disk'],
    ['the passwords', 'cat /etc/shadow'],
    ['a system program, replaced', 'cp /bin/true /usr/bin/id'],
  ]
  const rows: readonly (readonly [name: string, call: Args, code: string, before?: string])[] = [
    ...vain.map(([name, command]) => [name, exec({ command }), 'in vain'] as const),
    ['host: gateway', exec({ command: owned, host: 'gateway' }), 'exec_denied'],
    ['host: node', exec({ command: owned, host: 'node', node: 'any' }), 'exec_denied'],
    ['elevated', exec({ command: owned, elevated: true }), 'exec_denied'],
    ['elevated on the host', exec({ command: owned, elevated: true, host: 'gateway', security: 'full', ask: 'off' }), 'exec_denied'],
    ['a loader', exec({ command: 'true', env: { LD_AUDIT: '/workspace/x.so' } }), 'exec_denied'],
    ['a PATH', exec({ command: 'true', env: { PATH: '/workspace' } }), 'exec_denied'],
    ['a variable that is none', exec({ command: 'true', env: { '--ro-bind': '/' } }), 'exec_denied'],
    ['a folder that reads like an option', exec({ command: owned, workdir: '--bind' }), 'exec_failed'],
    ['a folder of the host', exec({ command: 'cat secret.txt', workdir: outside }), 'in vain'],
    ['a folder by a link', exec({ command: 'cat secret.txt', workdir: 'folder' }), 'exec_failed', links],
    ['a NUL', exec({ command: `true\0--bind / /` }), 'exec_failed'],
    ['a file tool by a link to a file', read('file'), 'path_outside', links],
    ['a file tool by a link to the root', read(`root${outside}/secret.txt`), 'path_outside', links],
    ['a file tool with a path of the host', read(`${outside}/secret.txt`), 'path_outside'],
    ['a file tool above /workspace', read('/workspace/../etc/passwd'), 'path_outside'],
    ['a file tool at the environment of the gateway', read('/proc/self/environ'), 'path_outside'],
    ['a file tool that writes by a link', { tool: 'write', args: { path: '/workspace/folder/owned', content: 'x' } }, 'path_outside', links],
    ['web_fetch, which has a network', { tool: 'web_fetch', args: { url: 'http://example.com/' } }, 'tool_denied'],
  ] // biome-ignore format: one line each
  return rows.map(([name, call, code, before]) => ({
    name: `box: ${name}`,
    stage: 'boxed',
    call,
    code,
    ...(before !== undefined && { before }),
  }))
}

import { execFileSync, spawnSync } from 'node:child_process'
import { lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { shells } from '../../src/cli/completion/install.js'
import { cliFor } from './harness.js'

const cli = cliFor(t)
const scriptOf = async (shell: string) => (await cli.run('completion', '--shell', shell)).stdout

/** Asks bash itself: the words typed so far, the last one unfinished; gives what it would offer. */
function completeInBash(script: string, lines: readonly string[]): string[][] {
  const asked = lines.map((line) => {
    const words = line.split(' ').map((word) => `'${word}'`)
    return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _openclaw; echo "\${COMPREPLY[*]}"`
  })
  const input = `${script}\n${asked.join('\n')}\n`
  const output = execFileSync('bash', ['--norc'], {
    input,
    encoding: 'utf8',
    env: { HOME: cli.home, PATH: '/usr/bin:/bin' },
  })
  return output
    .trimEnd()
    .split('\n')
    .map((line) => line.split(' ').filter(Boolean))
}

t.test('bash completes words, options, values and profiles', async (t) => {
  cli.writeConfig({}, 'rescue')
  const table: [string, string[]][] = [
    ['openclaw conf', ['config', 'configure']],
    ['openclaw config v', ['validate']],
    ['openclaw gateway st', ['start', 'status', 'stop']],
    ['openclaw --profile rescue gateway st', ['start', 'status', 'stop']],
    ['openclaw gateway run --bi', ['--bind']],
    ['openclaw gateway run --bind l', ['loopback', 'lan']],
    ['openclaw gateway run --port 1 --tail', ['--tailscale']],
    ['openclaw --profile res', ['rescue']],
    ['openclaw completion --shell z', ['zsh']],
    ['openclaw nothing-like-it x', []],
  ]
  const offered = completeInBash(
    await scriptOf('bash'),
    table.map(([line]) => line),
  )
  for (const [index, [line, expected]] of table.entries()) t.strictSame(offered[index] ?? [], expected, line)
})

for (const [shell, check] of [
  ['bash', ['bash', '-n']],
  ['zsh', ['zsh', '-n']],
  ['fish', ['fish', '-n']],
] as const) {
  t.test(`${shell} reads its script`, async (t) => {
    const file = join(cli.home, `check.${shell}`)
    writeFileSync(file, await scriptOf(shell))
    const [program, ...args] = check
    const ran = spawnSync(program, [...args, file], { encoding: 'utf8' })
    if (ran.error && shell !== 'bash') t.pass(`${shell} is not installed here`)
    else t.equal(ran.status, 0, ran.stderr)
  })
}

t.test('every script knows every command', async (t) => {
  for (const shell of shells) {
    const { code, stdout, stderr } = await cli.run('completion', '--shell', shell)
    t.match({ code, stderr }, { code: 0, stderr: '' })
    for (const word of ['validate', 'profiles', 'tailscale', 'loopback', 'require-rpc']) t.match(stdout, word, shell)
    t.notMatch(stdout, /undefined|\[object/)
  }
})

t.test('the shell is taken from SHELL, else asked for', async (t) => {
  const bash = cliFor(t, { env: { SHELL: '/usr/bin/bash' } })
  t.match(await bash.run('completion'), { code: 0, stdout: /complete -F _openclaw openclaw/ })
  t.match(await cliFor(t).run('completion'), { code: 2, stderr: /Which shell\?/ })
  t.match(JSON.parse((await bash.run('completion', '--json')).stdout), { ok: true, shell: 'bash', script: /_openclaw/ })
})

t.test('install: the script in the state, one line in the start-up file, once; a link stays a link', async (t) => {
  const own = cliFor(t)
  const real = join(own.home, 'dotfiles-bashrc')
  writeFileSync(real, 'alias ll=ls', { mode: 0o644 })
  symlinkSync(real, join(own.home, '.bashrc'))
  t.match(await own.run('completion', '--shell', 'bash', '--install'), { code: 0, stdout: /installed in .*\.bashrc/ })
  const once = readFileSync(real, 'utf8')
  const script = join(own.home, '.openclaw', 'completions', 'openclaw.bash')
  t.match(once, `alias ll=ls\n[ -f '${script}' ] && . '${script}' # openclaw completion\n`)
  t.ok(lstatSync(join(own.home, '.bashrc')).isSymbolicLink())
  t.match(await own.run('completion', '--shell', 'bash', '--install'), { code: 0, stdout: /already/ })
  t.equal(readFileSync(real, 'utf8'), once)
  t.equal(readFileSync(script, 'utf8'), await scriptOf('bash'))
})

t.test('write-state: all scripts, no start-up file touched', async (t) => {
  const own = cliFor(t)
  const { stdout } = await own.run('completion', '--shell', 'zsh', '--write-state', '--json')
  t.equal(JSON.parse(stdout).written.length, shells.length)
  t.throws(() => lstatSync(join(own.home, '.zshrc')))
})

import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Env } from '../../instance/types.js'

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof shells)[number]

const extensions: Readonly<Record<Shell, string>> = { bash: 'bash', zsh: 'zsh', fish: 'fish', powershell: 'ps1' }

/** `<state>/completions/openclaw.bash` and so on. */
export function scriptPath(state: string, shell: Shell): string {
  return join(state, 'completions', `openclaw.${extensions[shell]}`)
}

/** The start-up file of a shell. */
export function startFile(shell: Shell, home: string, env: Env): string {
  const config = env.XDG_CONFIG_HOME || join(home, '.config')
  if (shell === 'bash') return join(home, '.bashrc')
  if (shell === 'zsh') return join(env.ZDOTDIR || home, '.zshrc')
  if (shell === 'fish') return join(config, 'fish', 'conf.d', 'openclaw.fish')
  return join(config, 'powershell', 'Microsoft.PowerShell_profile.ps1')
}

const marker = '# openclaw completion'

/** Adds one line to the start-up file that reads the script. Gives false when the line was there already. */
export async function installLine(file: string, script: string): Promise<boolean> {
  const current = await readFile(file, 'utf8').catch(() => '')
  const quoted = `'${script.replaceAll("'", `'\\''`)}'`
  const line = file.endsWith('.ps1')
    ? `if (Test-Path ${quoted}) { . ${quoted} } ${marker}`
    : file.endsWith('.fish')
      ? `test -f ${quoted}; and source ${quoted} ${marker}`
      : `[ -f ${quoted} ] && . ${quoted} ${marker}`
  if (current.split('\n').includes(line)) return false
  await mkdir(dirname(file), { recursive: true })
  // Appended in place: the file may be a link into a dotfiles folder and keeps its mode.
  await appendFile(file, `${current === '' || current.endsWith('\n') ? '' : '\n'}${line}\n`)
  return true
}

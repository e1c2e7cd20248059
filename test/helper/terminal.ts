import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { testFolder } from './folder.js'

const pollMs = 50
const limitMs = 60_000

/** False where there is no tmux: then a test that needs a terminal says so and is skipped. */
export const hasTmux = spawnSync('tmux', ['-V']).status === 0

export interface Terminal {
  /** What stands on the screen, without blank lines at the end. */
  screen(): string
  /** Waits until the screen shows it. */
  shows(text: string | RegExp): Promise<string>
  /** Keys by their tmux names (`Enter`, `Down`, `C-c`) or text. */
  keys(...keys: readonly string[]): void
  /** Types exactly this. */
  type(text: string): void
}

/** A program in a real terminal of its own (100 x 60), with only these variables; ended with the test. */
export function openTerminal(
  t: Pick<Test, 'teardown'>,
  argv: readonly string[],
  { env, cwd }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string },
): Terminal {
  const socket = join(testFolder(t), 'tmux')
  const tmux = (...args: readonly string[]) =>
    execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8' },
    })
  const variables = Object.entries({ TERM: 'xterm-256color', ...env }).map(([name, value]) => `${name}=${value}`)
  const line = ['env', '-i', ...variables, ...argv].map(quoted).join(' ')
  // The screen outlives the program, so that its last words can be read.
  tmux('-u', 'new-session', '-d', '-x', '100', '-y', '60', '-c', cwd, `${line}; echo "[exit $?]"; exec cat`)
  t.teardown(() => {
    if (existsSync(socket)) spawnSync('tmux', ['-S', socket, 'kill-server'])
  })
  const screen = () => tmux('capture-pane', '-p').trimEnd()
  return {
    screen,
    keys: (...keys) => void tmux('send-keys', ...keys),
    type: (text) => void tmux('send-keys', '-l', text),
    async shows(text) {
      const end = performance.now() + limitMs
      for (;;) {
        const now = screen()
        if (typeof text === 'string' ? now.includes(text) : text.test(now)) return now
        if (performance.now() > end) throw new Error(`The screen does not show ${String(text)}:\n${now}`)
        await sleep(pollMs)
      }
    },
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

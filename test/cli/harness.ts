import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Test } from 'tap'
import { runCli } from '../../src/cli/main.js'
import type { Prompter } from '../../src/cli/prompts/types.js'
import { testFolder } from '../helper/folder.js'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Cli {
  readonly home: string
  /** Runs one command line in this process, with nothing of the caller's environment. */
  run(...argv: string[]): Promise<Ran>
  /** The same, with something on standard input. */
  feed(input: string, ...argv: string[]): Promise<Ran>
  /** `~/.openclaw/openclaw.json`, or that of a profile. */
  configPath(profile?: string): string
  writeConfig(content: object | string, profile?: string): string
}

interface Options {
  readonly home?: string
  readonly env?: Readonly<Record<string, string>>
  readonly tty?: boolean
  /** Somebody who answers questions. */
  readonly prompter?: Prompter
}

/** A command line whose whole world is a temporary home directory. */
export function cliFor(
  t: Pick<Test, 'teardown'>,
  { home = testFolder(t), env = {}, tty = false, prompter }: Options = {},
): Cli {
  const feed = async (input: string, ...argv: string[]): Promise<Ran> => {
    const out = { stdout: '', stderr: '' }
    const sink = (name: 'stdout' | 'stderr') => ({
      isTTY: tty,
      write(text: string) {
        out[name] += text
      },
    })
    const code = await runCli({
      argv,
      env: { HOME: home, PATH: '/usr/bin:/bin', ...env },
      cwd: home,
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      stdin: (async function* () {
        yield input
      })(),
      onStop: () => () => {},
      onRestart: () => () => {},
      onReaderGone: () => {},
      ...(prompter && { prompts: async () => prompter }),
    })
    return { code, ...out }
  }
  const configPath = (profile?: string) => join(home, profile ? `.openclaw-${profile}` : '.openclaw', 'openclaw.json')
  return {
    home,
    feed,
    run: (...argv) => feed('', ...argv),
    configPath,
    writeConfig(content, profile) {
      const path = configPath(profile)
      mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 })
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
      return path
    },
  }
}

/** The program as it is installed: made by `npm run build`, which `npm test` runs first. */
export const binFile = resolve(import.meta.dirname, '../../dist/src/bin.js')

export interface Spawned {
  readonly pid: number | undefined
  readonly done: Promise<Ran>
  /** What it has said so far. */
  output(): { readonly stdout: string; readonly stderr: string }
  kill(signal: NodeJS.Signals): void
  /** Resolves when stdout, or stderr, holds the text. */
  says(text: string, where?: 'stdout' | 'stderr'): Promise<void>
}

/** Starts the built program with only these variables; it is ended with the test. */
export function spawnBin(t: Pick<Test, 'teardown'>, home: string, argv: string[], env = {}): Spawned {
  if (!existsSync(binFile)) throw new Error('There is no build. Run: npm run build')
  const child = spawn(process.execPath, [binFile, ...argv], {
    // With a home of its own the log is there too, and not in the one of the machine.
    env: { HOME: home, OPENCLAW_HOME: home, PATH: process.env.PATH, ...env },
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const out = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      out[name] += text
      for (const look of waiting) look()
    })
  }
  const done = new Promise<Ran>((settle) => {
    child.once('close', (code) => {
      settle({ code, ...out })
      for (const look of waiting) look()
    })
  })
  return {
    pid: child.pid,
    done,
    output: () => ({ ...out }),
    kill: (signal) => child.kill(signal),
    says: (text, where = 'stdout') =>
      new Promise((settle, reject) => {
        const look = () => {
          if (out[where].includes(text)) settle()
          else if (child.exitCode !== null) reject(new Error(`it ended: ${out.stdout}${out.stderr}`))
          else return
          waiting.delete(look)
        }
        waiting.add(look)
        look()
      }),
  }
}

#!/usr/bin/env node
import { bakedHelp } from './cli/baked-help.js'
import type { CliIo } from './cli/io.js'
import type { Prompter } from './cli/prompts/types.js'
import { readEnv } from './instance/env.js'
import { readVersion } from './instance/version.js'

const argv = process.argv.slice(2)
const env = readEnv()
const help = bakedHelp(argv, env, process.stdout.isTTY)
const gone = new AbortController()
// A reader that closes its end early (`| head`) is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  gone.abort()
})

/** Version and help need nothing else: scripts and people ask for them often, and every import counts. */
if (argv.length === 1 && ['--version', '-V', '-v'].includes(argv[0] ?? '')) {
  process.stdout.write(`OpenClaw ${readVersion()}\n`)
} else if (help !== undefined) {
  process.stdout.write(help)
} else {
  const { runCli } = await import('./cli/main.js')
  process.exitCode = await runCli({
    argv,
    env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    onStop,
    onRestart,
    ...(process.stdin.isTTY && process.stdout.isTTY ? { prompts: terminalPrompts } : {}),
    onReaderGone: (listener) => {
      // The reader may have had enough of the first line, before anybody listens.
      if (gone.signal.aborted) listener()
      else gone.signal.addEventListener('abort', listener, { once: true })
    },
  })
}

async function terminalPrompts(...given: Parameters<NonNullable<CliIo['prompts']>>): Promise<Prompter> {
  const { clackPrompter } = await import('./cli/prompts/clack.js')
  return clackPrompter(...given)
}

/** The first signal asks to stop; a second one does not wait any longer. */
function onStop(listener: (signal: string) => void): () => void {
  const impatient = 1
  let asked = false
  const handle = (signal: NodeJS.Signals) => {
    if (asked) process.exit(impatient)
    asked = true
    listener(signal)
  }
  const signals = ['SIGTERM', 'SIGINT'] as const
  for (const signal of signals) process.on(signal, handle)
  return () => {
    for (const signal of signals) process.off(signal, handle)
  }
}

/** spec/cli.md 2.1 */
function onRestart(listener: () => void): () => void {
  process.on('SIGUSR2', listener)
  return () => {
    process.off('SIGUSR2', listener)
  }
}

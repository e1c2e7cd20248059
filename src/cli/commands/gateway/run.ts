import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { RunFlags } from '../../../flags.js'
import { bindModes } from '../../../instance/bind.js'
import { devProfile } from '../../../instance/profile.js'
import type { Instance } from '../../../instance/types.js'
import { GatewayError } from '../../../kernel/errors.js'
import type { RunningGateway, RunOptions } from '../../../main.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { showNotices } from '../../notices.js'
import { usageError } from '../../usage.js'

/** Documented flags whose subject comes later (spec/cli.md 2.1). */
const later = {
  ambientChannels: { kind: 'flag', text: 'option.unavailable', unavailable: true },
  cliBackendLogs: { kind: 'flag', text: 'option.unavailable', unavailable: true },
  wsLog: { kind: 'text', value: 'style', text: 'option.unavailable', unavailable: true },
  compact: { kind: 'flag', text: 'option.unavailable', unavailable: true },
  rawStream: { kind: 'flag', text: 'option.unavailable', unavailable: true },
  rawStreamPath: { kind: 'text', value: 'path', text: 'option.unavailable', unavailable: true },
} as const

/** Exit code of a refusal that a service manager must not retry. */
const noRetry = 78

/** Who started this gateway, said by the definition of the service itself and never guessed (PAINS.md 16). */
const supervisors = ['systemd', 'launchd', 'schtasks', 'plain'] as const
type Supervisor = (typeof supervisors)[number]

export default defineCommand({
  summary: 'gateway.run.summary',
  description: 'gateway.run.description',
  options: {
    port: { kind: 'integer', value: 'port', min: 0, max: 65_535, text: 'gateway.run.port' },
    bind: { kind: 'choice', choices: bindModes, text: 'gateway.run.bind' },
    auth: { kind: 'choice', choices: ['none', 'token', 'password', 'trusted-proxy'], text: 'gateway.run.auth' },
    token: { kind: 'text', value: 'token', text: 'gateway.run.token' },
    password: { kind: 'text', value: 'password', text: 'gateway.run.password' },
    passwordFile: { kind: 'text', value: 'file', text: 'gateway.run.passwordFile' },
    tailscale: { kind: 'choice', choices: ['off', 'serve', 'funnel'], text: 'gateway.run.tailscale' },
    allowUnconfigured: { kind: 'flag', text: 'gateway.run.allowUnconfigured' },
    embedded: { kind: 'flag', text: 'gateway.run.embedded' },
    force: { kind: 'flag', text: 'gateway.run.force' },
    verbose: { kind: 'flag', text: 'gateway.run.verbose' },
    dev: { kind: 'flag', text: 'gateway.run.dev' },
    reset: { kind: 'flag', text: 'gateway.run.reset' },
    supervised: { kind: 'choice', choices: supervisors, text: 'setup.option.compatible', hidden: true },
    ...later,
  },
  examples: [
    { command: 'gateway' },
    { command: 'gateway --port 18789' },
    { command: '--profile rescue gateway --port 19789' },
    { command: 'gateway run --embedded', text: 'gateway.run.example.embedded' },
  ],
  async run(context, _args, options) {
    const { out, t, io } = context
    const { passwordFile, dev, reset, supervised, ...given } = options
    const password = passwordFile === undefined ? given.password : await readSecretFile(context, passwordFile)
    const instance = await context.instance({ port: options.port, quiet: true })
    if (reset && instance.profile !== devProfile) throw usageError(t('gateway.run.resetNeedsDev'))
    const flags = flagsOf(given, password)
    if (dev || instance.profile === devProfile) await prepareDev(context, instance, { reset, supervised, flags })
    const runOptions: RunOptions = {
      restarts: true,
      // Only the journal takes the log from here and keeps it within bounds; elsewhere the log file is enough.
      ...(supervised === undefined || supervised === 'systemd' ? { console: consoleOf(context) } : {}),
      onNewToken: (token) => {
        // What a service prints is kept in files that more people read.
        if (supervised === undefined) out.note(t('setup.newToken', { token }))
        out.note(t('setup.tokenKept', { path: instance.paths.config }))
      },
    }
    const start = async (flags: RunFlags) => {
      try {
        const { refuseTakenPort } = await import('../../../early-port.js')
        await refuseTakenPort(instance, flags)
        const { runGateway } = await import('../../../main.js')
        return await runGateway(instance, flags, runOptions)
      } catch (error) {
        // A start that succeeds logs them; when it is refused they may well be the reason.
        showNotices(out, instance)
        if (!isFinalRefusal(error, supervised)) throw error
        out.failure(context.explain(error), [t('gateway.run.refusedHere')], { ok: false, error: { code: error.code } })
        return undefined
      }
    }
    let running: RunningGateway | undefined
    let asked: string | undefined
    const stop = (signal: string) => {
      asked = signal
      void running?.close(signal)
    }
    // Before the start: whoever reads that it listens may ask it to end at once.
    const ignore = [io.onStop(stop), io.onRestart(() => void running?.restart('SIGUSR2'))]
    try {
      running = await start(flags)
      if (asked !== undefined) stop(asked)
      while (running) {
        const { port } = running
        if ((await running.closed) === 'end' || asked !== undefined) return 0
        // A port that the system chose stays: clients come back to it.
        running = await start({ ...flags, force: false, ...(flags.port === 0 && { port }) })
        // Asked for in between, when nothing was there to hear it.
        if (asked !== undefined) stop(asked)
      }
      return 0
    } finally {
      for (const end of ignore) end()
    }
  },
})

function consoleOf({ io, env }: CommandContext) {
  return {
    write: (line: string) => {
      io.stdout.write(line)
    },
    isTTY: io.stdout.isTTY === true && !env.NO_COLOR,
  }
}

/** launchd and Windows know no exit code that means "do not try again"; for them a refusal is a clean end (PAINS.md 15). */
function isFinalRefusal(error: unknown, supervised: Supervisor | undefined): error is GatewayError {
  const retries = supervised === 'launchd' || supervised === 'schtasks'
  return retries && error instanceof GatewayError && error.row.exit === noRetry
}

type Given = Omit<RunFlags, 'password'> & { readonly password?: string | undefined }

/** Flags that were not given are left out, so that the config decides. */
function flagsOf(given: Given, password: string | undefined): RunFlags {
  const { port, bind, auth, token, tailscale, allowUnconfigured, embedded, force, verbose } = given
  const flags = { port, bind, auth, token, password, tailscale, allowUnconfigured, embedded, force, verbose }
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined && value !== false))
}

/** A secret in a file does not show in the process list. */
async function readSecretFile({ io, t }: CommandContext, file: string): Promise<string> {
  const path = resolve(io.cwd, file)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    throw usageError(t('gateway.run.passwordUnreadable', { path, code }))
  })
  const secret = text.trim()
  if (secret === '') throw usageError(t('gateway.run.passwordEmpty', { path }))
  return secret
}

interface DevStart {
  readonly reset: boolean
  readonly supervised: Supervisor | undefined
  readonly flags: RunFlags
}

/** `gateway --dev` and the dev profile start without a setup of their own (spec/cli.md 2.2). */
async function prepareDev(
  { out, t }: CommandContext,
  instance: Instance,
  { reset, supervised, flags }: DevStart,
): Promise<void> {
  const { setUpDev } = await import('../../../setup/dev.js')
  const wait = reset && flags.force ? await endForReset(instance, flags) : {}
  const { newToken } = await setUpDev(instance, { reset, ...wait })
  if (newToken !== undefined && supervised === undefined) out.note(t('setup.newToken', { token: newToken }))
}

/** With `--force` what runs there is ended first: nothing is emptied under a gateway. */
async function endForReset(instance: Instance, flags: RunFlags): Promise<{ readonly waitMs: number }> {
  const { releaseMs, takeOver } = await import('../../../main.js')
  await takeOver(instance, flags)
  return { waitMs: releaseMs }
}

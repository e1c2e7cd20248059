import { commandFor, profileOfFlags } from '../instance/profile.js'
import type { Env, Instance } from '../instance/types.js'
import { readVersion } from '../instance/version.js'
import { forbidsColours } from './colours.js'
import type { CommandContext, InstanceRequest } from './context.js'
import type { AnyCommand } from './define.js'
import { errorText } from './error-text.js'
import type { FailureContext } from './failure.js'
import { type Found, findCommand, loadCommand } from './find.js'
import type { CliIo } from './io.js'
import { languageOf } from './locale.js'
import { loadMessages, type Messages } from './messages.js'
import { showNotices } from './notices.js'
import { Output } from './output.js'
import { Owned } from './owned.js'
import { type Parsed, parseFlags } from './parse-flags.js'
import { asksForJson, type RootOptions, takeRootOptions } from './root-options.js'

/** One command line from its arguments to its exit code. Never throws; what goes wrong is shown. */
export async function runCli(io: CliIo): Promise<number> {
  const messages = await loadMessages(languageOf(io.env))
  let out = outputFor(io, { json: asksForJson(io.argv), noColor: false })
  let failure: FailureContext = { messages, profile: 'default', debug: isOn(io.env.OPENCLAW_DEBUG) }
  try {
    const root = takeRootOptions(io.argv)
    out = outputFor(io, root)
    failure = { ...failure, profile: profileOfFlags(root.flags) ?? 'default' }
    const onInstance = ({ profile }: Instance) => {
      failure = { ...failure, profile }
    }
    return await dispatch({ io, root, out, messages, onInstance })
  } catch (error) {
    const { reportFailure } = await import('./failure.js')
    return reportFailure(out, error, failure)
  }
}

interface Run {
  readonly io: CliIo
  readonly root: RootOptions
  readonly out: Output
  readonly messages: Messages
  readonly onInstance: (instance: Instance) => void
}

async function dispatch(run: Run): Promise<number> {
  const { root, out } = run
  if (root.version) {
    out.raw(`OpenClaw ${readVersion()}\n`)
    return 0
  }
  const found = findCommand(root.rest)
  const path = found.words.join(' ')
  if (root.help || (found.file === undefined && found.rest.length === 0)) return showHelp(run, found)
  if (found.file === undefined) return refuse(found, run.messages)
  const definition = await loadCommand(found.file)
  if ((definition.args ?? []).length === 0 && isStrangeWord(found)) return refuse(found, run.messages)
  const { args, options } =
    parseFlags(definition, found.rest) ?? (await parseAll(definition, path, found, run.messages))
  const owned = new Owned(run.io, out)
  try {
    return (await definition.run(contextFor(run, path, owned), args, options)) ?? 0
  } finally {
    await owned.close()
  }
}

async function showHelp({ out, messages }: Run, found: Found): Promise<number> {
  const [{ readIndex }, help] = await Promise.all([import('./index/read.js'), import('./help.js')])
  if (found.file === undefined && found.rest[0] !== undefined && !found.rest[0].startsWith('-')) {
    return refuse(found, messages)
  }
  const index = await readIndex()
  const context = { messages, out }
  const path = found.words.join(' ')
  const lines =
    found.file !== undefined
      ? help.commandHelp(index, path, context)
      : path === ''
        ? help.rootHelp(index, readVersion(), context)
        : help.groupHelp(index, found.words, context)
  out.raw(`${lines.join('\n')}\n`)
  return 0
}

/** `gateway statsu`: the bare `gateway` is a command too, but takes no argument. */
function isStrangeWord({ rest: [first], next }: Found): boolean {
  return first !== undefined && !first.startsWith('-') && next.length > 0
}

async function refuse(found: Found, { t }: Messages): Promise<never> {
  const { unknownCommand } = await import('./unknown-command.js')
  throw unknownCommand(found, t)
}

async function parseAll(definition: AnyCommand, path: string, { rest }: Found, { t }: Messages): Promise<Parsed> {
  const { parseCommand } = await import('./parse.js')
  return parseCommand(definition, path, rest, t)
}

function contextFor({ io, root, out, messages, onInstance }: Run, command: string, owned: Owned): CommandContext {
  const env: Env = {
    ...io.env,
    ...(root.logLevel === undefined ? {} : { OPENCLAW_LOG_LEVEL: root.logLevel }),
    ...(root.noColor ? { NO_COLOR: '1' } : {}),
  }
  let profile = profileOfFlags(root.flags) ?? 'default'
  let known: Promise<Instance> | undefined
  const resolve = async ({ port, quiet }: InstanceRequest): Promise<Instance> => {
    const { resolveInstance } = await import('../instance/resolve.js')
    const flags = port === undefined ? root.flags : { ...root.flags, port }
    const instance = await resolveInstance({ flags, env, cwd: io.cwd })
    profile = instance.profile
    onInstance(instance)
    if (!quiet) showNotices(out, instance)
    return instance
  }
  return {
    io: owned.io,
    out,
    env,
    t: messages.t,
    find: messages.find,
    command,
    explain: (error) => errorText(error, messages, profile),
    owns: (close) => owned.add(close),
    hint: (line) => commandFor({ profile }, line),
    instance: (request = {}) => {
      known ??= resolve(request)
      return known
    },
  }
}

function outputFor(io: CliIo, { json, noColor }: { json: boolean; noColor: boolean }): Output {
  const forbidden = noColor || forbidsColours(io.env)
  return new Output({ stdout: io.stdout, stderr: io.stderr, json, noColor: forbidden })
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ['1', 'true', 'yes', 'on'].includes(value.trim().toLowerCase())
}

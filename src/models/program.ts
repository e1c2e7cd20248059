import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'
import type { Environment, SecretLookup } from './credentials.js'
import { readSecret } from './credentials.js'
import { knownPrograms, type ProgramSettings } from './known-programs.js'
import type { Program } from './program-types.js'
import { type ModelName, ownEntry } from './selection.js'
import type { ResolvedModel } from './types.js'

/** Longest turn of a program, and longest silence of one that tells what it does. */
const TURN_MS = 600_000
const SILENCE_MS = 180_000
/** Linux takes 128 KiB in one argument, and a character may be three bytes. */
const MAX_PROMPT_ARG_CHARS = 40_000

export interface ProgramSources {
  readonly env: Environment
  readonly secret?: SecretLookup | undefined
}

/** Settings of a program: those of the config over what is known of it. Undefined when it is none. */
export function programSettings(config: Config, id: string): ProgramSettings | undefined {
  const own = ownEntry(config.agents?.defaults?.cliBackends, id)
  const shadowed = config.models?.mode === 'replace' || ownEntry(config.models?.providers, id) !== undefined
  const known = own || !shadowed ? ownEntry(knownPrograms, id) : undefined
  return own || known ? { ...known, ...own } : undefined
}

/**
 * The model of a program: named by its prefix, or by `agents.defaults.models.<ref>.agentRuntime.id`. Undefined when no
 * program answers for it. Throws `model_not_found` when its settings cannot work.
 */
export function resolveProgram(config: Config, model: ModelName, sources: ProgramSources): ResolvedModel | undefined {
  const ref = `${model.provider}/${model.id}`
  const runtime = ownEntry(config.agents?.defaults?.models, ref)?.agentRuntime?.id
  const named = runtime === undefined ? undefined : programSettings(config, runtime)
  const id = named && runtime !== undefined ? runtime : model.provider
  const settings = named ?? programSettings(config, model.provider)
  if (!settings) return undefined
  const program = programOf(id, settings, model.id, sources)
  const talks = program.output === 'jsonl'
  const silenceMs = settings.noOutputTimeoutMs || (talks ? Math.min(SILENCE_MS, program.timeoutMs) : program.timeoutMs)
  return {
    ref,
    ...model,
    api: 'cli-backend',
    baseUrl: '',
    account: `${id}:none`,
    apiKey: undefined,
    headers: {},
    input: program.imageArg === undefined ? ['text'] : ['text', 'image'],
    contextWindow: undefined,
    maxTokens: undefined,
    idleTimeoutMs: silenceMs,
    patienceMs: silenceMs,
    program,
  }
}

function programOf(id: string, settings: ProgramSettings, model: string, { env, secret }: ProgramSources): Program {
  const path = `agents.defaults.cliBackends.${id}`
  const { command = '', output = 'text', systemPromptArg, systemPromptFileArg, imageArg, modelArg } = settings
  const fault = faultOf(settings)
  if (fault !== undefined) throw new GatewayError('model_not_found', { message: `${path}${fault}` })
  const name = ownEntry(settings.modelAliases, model) ?? model
  const sessionArgs = settings.sessionArgs ?? (settings.sessionArg ? [settings.sessionArg, '{sessionId}'] : [])
  return {
    id,
    command,
    args: settings.args ?? [],
    resumeArgs: settings.resumeArgs,
    output,
    resumeOutput: settings.resumeOutput ?? output,
    input: settings.input ?? 'arg',
    maxPromptArgChars: settings.maxPromptArgChars ?? MAX_PROMPT_ARG_CHARS,
    modelArgs: modelArg && name !== '' ? [modelArg, name] : [],
    sessionArgs,
    sessionMode: settings.sessionMode ?? 'always',
    sessionIdFields: settings.sessionIdFields ?? ['session_id', 'sessionId', 'conversation_id', 'conversationId'],
    systemPrompt: systemPromptFileArg
      ? { arg: systemPromptFileArg, file: true }
      : systemPromptArg
        ? { arg: systemPromptArg, file: false }
        : undefined,
    systemPromptWhen: settings.systemPromptWhen ?? 'first',
    imageArg: imageArg || undefined,
    imageMode: settings.imageMode ?? 'repeat',
    env: Object.fromEntries(
      Object.entries(settings.env ?? {}).map(([key, value]) => [
        key,
        readSecret(value, `${path}.env.${key}`, env, secret),
      ]),
    ),
    clearEnv: settings.clearEnv ?? [],
    serialize: settings.serialize ?? true,
    timeoutMs: settings.timeoutSeconds ? settings.timeoutSeconds * 1000 : TURN_MS,
  }
}

/** What makes the settings useless; the key that is at fault stands first. */
function faultOf({ enabled, command = '' }: ProgramSettings): string | undefined {
  if (enabled === false) return '.enabled is false: the program is switched off.'
  if (command === '') return '.command is missing: name the program.'
  const isPath = command.includes('/') || command.includes('\\')
  if (!isPath || /^(?:\/|~\/|[A-Za-z]:[\\/])/.test(command)) return undefined
  return '.command must be a name that is in PATH, or an absolute path.'
}

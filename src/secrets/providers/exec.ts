import { dirname } from 'node:path'
import { type ProcessResult, runProcess } from '../../kernel/run-process.js'
import { SecretFault } from '../failure.js'
import type { Environment, ExecProvider } from '../types.js'
import type { Answers, Ask } from './ask.js'
import { trustedCommand } from './command-file.js'
import { parseAnswers } from './exec-answer.js'

const defaultTimeoutMs = 5_000
const defaultMaxBytes = 1024 * 1024
/** `args` of a provider: each of them. */
const maxArgChars = 1_024

/**
 * Asks a program for all ids in one run (spec/config.md sections 5.3 and 5.4): no shell, an environment of nothing but
 * `passEnv` and `env`, limits on time, silence and output, and the whole process tree gone at the end.
 */
export async function runSecretProgram(ask: Ask<ExecProvider>): Promise<Answers> {
  const { alias, provider, ids, env, home, clock, signal, maxBatchBytes } = ask
  const file = await trustedCommand(alias, provider, home)
  const args = provider.args ?? []
  if (args.some((arg) => arg.length > maxArgChars || arg.includes('\0'))) {
    throw new SecretFault('SECRET_PROVIDER_INVALID', `secrets.providers.${alias}.args: an argument is too long.`)
  }
  const input = JSON.stringify({ protocolVersion: 1, provider: alias, ids })
  if (Buffer.byteLength(input) > maxBatchBytes) {
    const message = `The references of the provider "${alias}" make a request above maxBatchBytes. Split the provider.`
    throw new SecretFault('SECRET_PROVIDER_INVALID', message)
  }
  const timeoutMs = provider.timeoutMs ?? defaultTimeoutMs
  const output = new Output(provider.maxOutputBytes ?? defaultMaxBytes)
  const result = await runProcess({
    file,
    args,
    cwd: dirname(file),
    env: environmentOf(provider, env),
    input: `${input}\n`,
    signal,
    clock,
    timeoutMs,
    silenceMs: provider.noOutputTimeoutMs ?? timeoutMs,
    onOutput: (chunk) => output.add(chunk),
  })
  const why = problemOf(result, provider)
  if (why !== undefined) throw new SecretFault('SECRET_REF_PROVIDER_ERROR', `The provider "${alias}" ${why}.`)
  return parseAnswers(alias, output.text(), ids, provider.jsonOnly !== false)
}

function environmentOf({ passEnv = [], env: own = {} }: ExecProvider, env: Environment): Record<string, string> {
  const passed = passEnv.flatMap((name): [string, string][] => {
    const value = env[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(passed), ...own }
}

/** What went wrong, without a word of what the program itself said: that may be a secret. */
function problemOf({ end, code, signal, errno }: ProcessResult, provider: ExecProvider): string | undefined {
  const setting = (name: string) => `; ${name} sets the limit`
  switch (end) {
    case 'start':
      return `could not be started (${errno ?? 'unknown reason'})`
    case 'timeout':
      return `took longer than ${provider.timeoutMs ?? defaultTimeoutMs} ms and was ended${setting('timeoutMs')}`
    case 'silence':
      return `said nothing for too long and was ended${setting('noOutputTimeoutMs')}`
    case 'flood':
      return `said more than maxOutputBytes and was ended${setting('maxOutputBytes')}`
    case 'aborted':
      return 'was called off'
    case 'exit':
      if (code === 0) return undefined
      return code === null
        ? `was ended by ${signal}`
        : `ended with exit code ${code}. Run its command by hand to see why`
  }
}

/** Stdout up to a limit. */
class Output {
  readonly #maxBytes: number
  readonly #chunks: Buffer[] = []
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > this.#maxBytes) throw new RangeError('too much output')
    this.#chunks.push(chunk)
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}

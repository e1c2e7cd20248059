import { join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HookMapping } from '../../../schemas/config/hook-mapping.js'
import { HookTransformResult } from '../../../schemas/http/hooks.js'
import type { TemplateFacts } from '../../automation/hooks/template.js'
import { findTransform } from '../../automation/hooks/transform-file.js'
import { checkValue } from '../../config/check.js'
import { formatPath } from '../../config/path.js'
import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { runProcess } from '../../kernel/run-process.js'
import type { StopSignal } from '../../kernel/stop.js'

/** What a transform says in place of its mapping. */
export type Transformed = HookTransformResult

export interface TransformInput {
  /** The state directory of the profile: no transform lies outside. */
  readonly state: string
  /** `hooks.transformsDir`. */
  readonly folder: string | undefined
  readonly clock: Clock
  readonly signal: StopSignal
}

const limitMs = 10_000
const longestAnswer = 1_048_576

/**
 * The transform runs in a process of its own, without the gateway's environment: it can neither read its secrets nor stop
 * it. What it prints goes to stderr; stdout is for its answer.
 */
const program = `
const parts = []
for await (const part of process.stdin) parts.push(part)
const { url, name, call } = JSON.parse(Buffer.concat(parts).toString('utf8'))
console.log = console.info = console.debug = console.error
const module = await import(url)
if (typeof module[name] !== 'function') throw new Error('it exports no function "' + name + '"')
const result = await module[name](call)
process.stdout.write(JSON.stringify({ result: result ?? null }), () => process.exit(0))
`

/** Newer versions of Node know the walls by the first name. */
const walls = ['--permission', '--experimental-permission']

/**
 * What the code of the operator makes of a call; null: nothing is to be done. Throws `hook_transform_failed` with the
 * reason as its cause, for the log.
 */
export async function runTransform(
  { state, folder, clock, signal }: TransformInput,
  { module = '', export: name = 'default' }: NonNullable<HookMapping['transform']>,
  { payload, headers, query, path }: TemplateFacts,
): Promise<Transformed | null> {
  const { root, file } = await findTransform(state, folder, module).catch((thrown: unknown) => {
    throw failed(module, thrown instanceof Error ? thrown.message : String(thrown))
  })
  const output: Buffer[] = []
  let bytes = 0
  const wall = walls.find((flag) => process.allowedNodeEnvironmentFlags.has(flag))
  const result = await runProcess({
    file: process.execPath,
    args: [
      ...(wall ? [wall, `--allow-fs-read=${join(root, sep)}`] : []),
      '--no-warnings',
      '--input-type=module',
      '-e',
      program,
    ],
    cwd: root,
    env: {},
    input: JSON.stringify({ url: pathToFileURL(file).href, name, call: { payload, headers, query, path } }),
    ...{ signal, clock, timeoutMs: limitMs, silenceMs: limitMs },
    onOutput: (chunk) => {
      bytes += chunk.length
      if (bytes > longestAnswer) throw new Error('too long')
      output.push(chunk)
    },
  })
  if (result.end !== 'exit' || result.code !== 0) {
    throw failed(module, `${result.end === 'exit' ? `exit code ${result.code}` : result.end}: ${result.stderr}`)
  }
  return readResult(module, Buffer.concat(output).toString('utf8'))
}

function readResult(module: string, text: string): Transformed | null {
  let result: unknown
  try {
    ;({ result } = JSON.parse(text))
  } catch {
    throw failed(module, 'its answer is no JSON')
  }
  if (result === null) return null
  const [problem] = checkValue(HookTransformResult, result).errors
  if (problem) throw failed(module, `what it gave is not right: ${formatPath(problem.path)} ${problem.message}`)
  return result as Transformed
}

function failed(module: string, reason: string): GatewayError {
  return new GatewayError('hook_transform_failed', { cause: new Error(`transform ${module}: ${reason}`) })
}

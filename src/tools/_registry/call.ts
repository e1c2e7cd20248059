import { GatewayError } from '../../kernel/errors.js'
import { explain } from '../_policy/explain.js'
import type { Verdict } from '../_policy/types.js'
import type { Tool, ToolContext, ToolResult } from '../_types.js'
import type { Args, ArgsValidator } from './args.js'
import { mendArgs, parseArgs } from './read-args.js'
import { truncateResult } from './truncate.js'

export interface ToolRequest {
  /** As it was called: any case, an alias. */
  readonly name: string
  /** JSON text as a model wrote it, in which certain slips are mended; an object of a client is taken at its word. */
  readonly arguments: string | Args
  /** Policy and arguments are checked, nothing is done. */
  readonly dryRun?: boolean
}

export interface ToolOutcome {
  /** The tool's own name, or what was asked for when there is no such tool. */
  readonly tool: string
  /** For the model; its text is bounded. */
  readonly result: ToolResult
  readonly durationMs: number
  /** Why the tool did not run or did not end; undefined when it gave a result, also one that says `isError`. */
  readonly error?: GatewayError
}

export interface CallInput {
  readonly request: ToolRequest
  /** Undefined: there is none of that name. */
  readonly tool: Tool | undefined
  readonly verdict: Verdict | undefined
  /** Names that a model may be told. */
  readonly known: readonly string[]
  readonly validator: ArgsValidator
  readonly context: ToolContext
}

/** One call from its name to its bounded result. Never rejects. */
export async function runCall(input: CallInput): Promise<ToolOutcome> {
  const { request, tool, context } = input
  const { clock, log, runId, callId } = context
  const begun = clock.monotonic()
  const name = tool?.name ?? request.name.slice(0, 100)
  let outcome: Pick<ToolOutcome, 'result' | 'error'>
  try {
    outcome = { result: await run(input) }
  } catch (thrown) {
    const error = failureOf(thrown, context)
    outcome = { result: errorResult(error.message), error }
  }
  const durationMs = clock.monotonic() - begun
  const failed = outcome.error?.code ?? (outcome.result.isError ? 'tool_error' : undefined)
  log.debug({ tool: name, runId, callId, durationMs: Math.round(durationMs), failed }, 'tool call ended')
  return { tool: name, durationMs, ...outcome }
}

async function run({ request, tool, verdict, known, validator, context }: CallInput): Promise<ToolResult> {
  if (!tool || !verdict) throw unknownTool(request.name, known)
  if (!verdict.allowed) throw denied(tool.name, verdict)
  const args =
    typeof request.arguments === 'string' ? mendArgs(tool, parseArgs(tool.name, request.arguments)) : request.arguments
  validator.check(tool, args)
  context.signal.throwIfAborted()
  if (request.dryRun) return { content: [], details: { dryRun: true } }
  return truncateResult(await tool.run(context, args as never), tool.resultLimit)
}

export function errorResult(message: string): ToolResult {
  return { content: [{ type: 'text', text: message }], isError: true }
}

function unknownTool(name: string, known: readonly string[]): GatewayError {
  const list = known.length === 0 ? 'You have no tools.' : `Tools: ${known.join(', ')}.`
  return new GatewayError('tool_not_found', { message: `There is no tool "${name.slice(0, 100)}". ${list}` })
}

function denied(name: string, verdict: Verdict): GatewayError {
  return new GatewayError('tool_denied', { message: explain(name, verdict), details: { tool: name, ...verdict.rule } })
}

/** What a tool throws on purpose is told; anything else may hold what nobody should see, and goes to the log. */
function failureOf(thrown: unknown, { signal, log, runId, callId }: ToolContext): GatewayError {
  if (thrown instanceof GatewayError) return thrown
  if (signal.aborted) return signal.reason instanceof GatewayError ? signal.reason : new GatewayError('run_aborted')
  log.error({ err: thrown, runId, callId }, 'a tool failed')
  return new GatewayError('tool_failed', { cause: thrown })
}

import { expandHome } from '../../kernel/expand-home.js'
import { runProcess } from '../../kernel/run-process.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { CliThread } from '../../models/cli-threads.js'
import type { Program } from '../../models/program-types.js'
import type { ModelFailure, ModelRequest, ProgramHost, ProviderContext } from '../../models/types.js'
import { isSpoken, plainText, type Spoken } from '../_content.js'
import { formatRequest } from '../_format.js'
import { buildCommand } from './command.js'
import { programEnvironment } from './environment.js'
import { isLostSession, ProgramFailures } from './failures.js'
import { TurnFiles } from './files.js'
import { OutputReader, type Said } from './output.js'
import { renderPrompt } from './prompt.js'
import { canResume, factsAfter, freshPlan, type Plan, planTurn } from './thread.js'

export interface TurnInput {
  readonly context: ProviderContext
  readonly host: ProgramHost
  readonly program: Program
  readonly request: ModelRequest
  readonly signal: StopSignal
  /** Where the program runs. */
  readonly folder: string
}

export type Answered = (Said & { readonly text: string }) | { readonly failure: ModelFailure }

type Tried = Answered | { readonly lost: ModelFailure }

/** One turn of a program: goes on with its session where it can, and tells a new one everything where it cannot. */
export async function runProgramTurn(input: TurnInput): Promise<Answered> {
  const { program, request, host } = input
  const conversation = request.messages.filter(isSpoken)
  const { sessionKey } = request
  const thread =
    sessionKey !== undefined && canResume(program) ? await host.threads.open(sessionKey, program.id) : undefined
  let plan = planTurn(program, thread, conversation)
  let tried = await attempt(input, plan)
  if ('lost' in tried) {
    await forget(input, thread)
    plan = freshPlan(program, conversation)
    tried = await attempt(input, plan)
    if ('lost' in tried) return { failure: tried.lost }
  }
  if ('failure' in tried) {
    // A session that the program stumbles over must not stand in the way for ever.
    if (plan.session?.resumes && tried.failure.class === 'server') await forget(input, thread)
    return tried
  }
  await remember(input, thread, conversation, plan, tried)
  return tried
}

async function attempt({ context, host, program, request, signal, folder }: TurnInput, plan: Plan): Promise<Tried> {
  const failures = new ProgramFailures(program, request.model.ref)
  const files = new TurnFiles(folder)
  const resumes = plan.session?.resumes === true
  const reader = new OutputReader(resumes ? program.resumeOutput : program.output, program.sessionIdFields)
  try {
    const { args, input } = await buildCommand({
      program,
      session: plan.session,
      system: systemText(request),
      prompt: renderPrompt(plan.messages, resumes),
      images: program.imageArg === undefined ? [] : await files.images(plan.messages),
      files,
    })
    const result = await runProcess({
      file: expandHome(program.command, host.home),
      args,
      input,
      cwd: folder,
      env: programEnvironment(program, host.env()),
      signal,
      clock: context.clock,
      timeoutMs: program.timeoutMs,
      silenceMs: request.model.idleTimeoutMs,
      onOutput: (chunk) => reader.push(chunk),
    })
    const { text, ...said } = reader.end()
    context.log.debug({ backend: program.id, end: result.end, code: result.code, resumes }, 'a program has answered')
    if (result.end === 'exit' && result.code === 0 && text !== undefined) return { ...said, text }
    const words = said.error ?? (result.code === 0 ? undefined : text)
    const failure =
      result.end === 'exit' && result.code === 0 && words === undefined
        ? failures.nonsense(result.stderr)
        : failures.ofProcess(result, words)
    return resumes && isLostSession(result, words) ? { lost: failure } : { failure }
  } finally {
    await files.remove().catch((err: unknown) => context.log.warn({ err }, 'files of a turn were not removed'))
  }
}

/** Instructions and, for a program that knows no other way, the form of the answer. */
function systemText({ messages, sampling }: ModelRequest): string {
  const own = messages.filter((message) => !isSpoken(message)).map(({ content }) => plainText(content))
  const form = formatRequest(sampling.responseFormat)
  return [...own, ...(form ? [form.words] : [])].filter((text) => text !== '').join('\n\n')
}

/** The answer counts, also when its session cannot be found again: the next turn begins a new one. */
async function remember(
  { context, program }: TurnInput,
  thread: CliThread | undefined,
  conversation: readonly Spoken[],
  plan: Plan,
  { text, sessionId }: Said & { readonly text: string },
): Promise<void> {
  const facts = factsAfter(conversation, text, sessionId ?? plan.session?.id)
  if (!thread || !facts) return
  await thread.keep(facts).catch((err: unknown) => {
    context.log.warn({ err, backend: program.id }, 'the session of a program was not written down')
  })
}

async function forget({ context, program }: TurnInput, thread: CliThread | undefined): Promise<void> {
  await thread?.drop().catch((err: unknown) => {
    context.log.warn({ err, backend: program.id }, 'the session of a program was not forgotten')
  })
}

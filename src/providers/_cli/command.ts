import type { Program } from '../../models/program-types.js'
import type { TurnFiles } from './files.js'
import { disarm } from './prompt.js'

export interface CommandInput {
  readonly program: Program
  /** The program's session: one to go on with, or the id for a new one. */
  readonly session: { readonly id: string; readonly resumes: boolean } | undefined
  readonly system: string
  readonly prompt: string
  readonly images: readonly string[]
  readonly files: TurnFiles
}

export interface Command {
  readonly args: readonly string[]
  /** For its stdin. */
  readonly input: string
}

/** The argument list of one turn. What others on this machine must not read goes through stdin or a file. */
export async function buildCommand(input: CommandInput): Promise<Command> {
  const { program, session, images } = input
  const resumes = session?.resumes === true
  const system = systemFor(input)
  const args = [...withSession(resumes ? (program.resumeArgs ?? program.args) : program.args, session?.id)]
  args.push(...program.modelArgs)
  if (session && !(resumes && program.resumeArgs)) args.push(...withSession(program.sessionArgs, session.id))
  if (system !== '' && program.systemPrompt) args.push(...(await systemArgs(program.systemPrompt, system, input.files)))
  const inPrompt = program.imageArg === '@'
  if (program.imageArg !== undefined && !inPrompt) args.push(...imageArgs(program.imageArg, program.imageMode, images))
  const parts = [...(system !== '' && !program.systemPrompt ? [system] : []), input.prompt]
  const spoken = parts.join('\n\n')
  const prompt = inPrompt ? [disarm(spoken), ...images.map((path) => `@${path}`)].join('\n\n') : spoken
  if (program.input === 'stdin' || prompt.length > program.maxPromptArgChars) return { args, input: prompt }
  return { args: [...args, argument(prompt)], input: '' }
}

function systemFor({ program: { systemPromptWhen }, session, system }: CommandInput): string {
  if (systemPromptWhen === 'never') return ''
  return systemPromptWhen === 'first' && session?.resumes === true ? '' : system
}

async function systemArgs(
  { arg, file }: NonNullable<Program['systemPrompt']>,
  text: string,
  files: TurnFiles,
): Promise<string[]> {
  return [arg, file ? await files.write('system-prompt.txt', text) : argument(text)]
}

function imageArgs(arg: string, mode: Program['imageMode'], paths: readonly string[]): string[] {
  if (paths.length === 0) return []
  return mode === 'list' ? [arg, paths.join(',')] : paths.flatMap((path) => [arg, path])
}

function withSession(args: readonly string[], id: string | undefined): readonly string[] {
  return id === undefined ? args : args.map((arg) => arg.replaceAll('{sessionId}', id))
}

/** A text from outside in an argument list: never an option, and without what no argument can hold. */
function argument(text: string): string {
  const clean = text.replaceAll('\0', '')
  return clean.startsWith('-') ? ` ${clean}` : clean
}

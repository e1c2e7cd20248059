import type { CommandContext } from '../context.js'
import type { Prompter } from './types.js'

/** Asks the user, where there is one: undefined without a terminal, in a script, and where JSON is wanted. */
export async function openPrompter({ io, out, t }: CommandContext): Promise<Prompter | undefined> {
  if (out.json || io.prompts === undefined) return undefined
  return io.prompts(t, io.onStop)
}

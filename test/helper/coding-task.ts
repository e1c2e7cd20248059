import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Reply, Seen } from './upstream.js'
import type { Body } from './upstream-wire.js'

/** A script of a model that mends a small program: each step is one answer, made of what it has been told so far. */
type Step = (told: readonly string[]) => Reply

const call = (name: string, args: object, text?: string): Reply => ({
  ...(text !== undefined && { text }),
  toolCalls: [{ id: `call_${name}_${JSON.stringify(args).length}`, name, arguments: JSON.stringify(args) }],
})

const background = { command: 'sleep 0.3; node check.mjs', background: true, timeout: 20 }
const sessionOf = (told: readonly string[]) =>
  told.map((text) => /background as (\S+)/.exec(text)?.[1]).findLast((id) => id !== undefined) ?? 'none'

const patch = `*** Begin Patch
*** Update File: sum.mjs
@@
-// adds two numbers
+// Adds two numbers.
*** End Patch`

const steps: readonly Step[] = [
  () => call('read', { path: 'sum.mjs' }, 'Let me look at the program.'),
  () => call('edit', { path: 'sum.mjs', oldText: 'a - b', newText: 'a + b' }, 'There is the mistake.'),
  () => call('exec', background),
  (told) => call('process', { action: 'poll', sessionId: sessionOf(told), timeout: 10_000 }),
  () => call('apply_patch', { input: patch }),
  () => ({ text: 'The sum is right now.' }),
]

export const codingSteps = steps.length

/** A workspace whose program is wrong, with a check of its own. */
export function brokenProgram(workspace: string): void {
  mkdirSync(workspace, { recursive: true })
  writeFileSync(join(workspace, 'sum.mjs'), '// adds two numbers\nexport const sum = (a, b) => a - b\n')
  const check =
    "import { sum } from './sum.mjs'\nif (sum(2, 3) !== 5) throw new Error('wrong')\nconsole.log('check passed')\n"
  writeFileSync(join(workspace, 'check.mjs'), check)
}

/** Answers as the step says that follows the tool results in the request. */
export function codingModel({ body }: Seen): Reply {
  const messages = (body.messages ?? []) as Body[]
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const told = messages
    .slice(last)
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => textOf(content))
  return (steps[told.length] ?? (() => ({ text: 'Nothing left to do.' })))(told)
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return (content as Body[]).map(({ text = '' }: Body) => text).join('\n')
}

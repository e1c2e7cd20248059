import type { Clock } from '../kernel/clock.js'
import { randomId } from '../kernel/random-id.js'
import type { Walls } from '../sandbox/walls.js'
import type { SessionName } from '../sessions/canonical.js'
import { cutMiddle } from '../tools/_registry/truncate.js'

/** How long a command of the chat may run when the config does not say, in milliseconds. */
const defaultLimitMs = 30_000
/** Characters of its output that are kept while it runs, and that the chat shows. */
const keptChars = 200_000
const shownChars = 8_000

export interface ChatShellOptions {
  readonly walls: Pick<Walls, 'open'>
  readonly clock: Clock
  readonly limitMs: number | undefined
}

/** Runs one command of the owner behind the walls of a session, and gives what it printed and how it ended. */
export async function runInChat(
  { walls, clock, limitMs = defaultLimitMs }: ChatShellOptions,
  { key: sessionKey, agent }: SessionName,
  command: string,
): Promise<string> {
  const stop = new AbortController()
  const runId = `bash_${randomId()}`
  const caller = { owner: true, origin: 'ws' as const }
  const wall = walls.open({ agent, sessionKey, runId, caller, processTool: false, answerable: true })
  const cancel = clock.after(limitMs, () => stop.abort())
  try {
    const running = await wall.commands(runId).start({ command, signal: stop.signal })
    let output = ''
    running.onOutput((chunk) => {
      if (output.length < keptChars) output += chunk.toString('utf8')
    })
    running.endInput()
    const { code, signal } = await running.exited
    const end = stop.signal.aborted ? `ended after ${limitMs / 1000} s` : `exit ${code ?? signal}`
    return `\`\`\`\n${cutMiddle(output.trimEnd() || '(no output)', shownChars)}\n\`\`\`\n${end}`
  } finally {
    cancel()
  }
}

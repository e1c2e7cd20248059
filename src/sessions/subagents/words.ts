import type { SubagentEnd, SubagentRow } from '../../storage/types.js'
import { cutMiddle } from '../../tools/_registry/truncate.js'
import { fenceUntrusted } from '../../tools/_untrusted.js'

/** A child that answers so has nothing that its requester should hear. */
export const announceSkip = 'ANNOUNCE_SKIP'
/** An answer that nobody needs to see. */
export const noReply = 'NO_REPLY'
/** Characters of a result in the message about it; the whole is in the child's session. */
const maxResult = 20_000
const maxTask = 300

/** What a sub-agent is told of its part. */
export const childRules = `You are a sub-agent: another agent gave you the task below and waits for what comes of it. Do the task, and only the task. Nobody can answer questions. Your last answer is handed to that agent: say in it what you found or did. If there is nothing worth saying, answer with exactly ${announceSkip}.`

export interface Outcome {
  readonly end: SubagentEnd
  readonly text: string
  readonly tokens?: { readonly input: number; readonly output: number } | undefined
}

/** What the requester's session is told of a sub-agent's end. */
export function announcement(row: SubagentRow, { end, text, tokens }: Outcome): string {
  const seconds = Math.max(0, Math.round((end.at - row.createdAt) / 1000))
  const spent = tokens === undefined ? '' : `; ${tokens.input} tokens in, ${tokens.output} out`
  const said = text.trim()
  const result =
    said === ''
      ? 'It said nothing.'
      : `What it said:\n${fenceUntrusted(cutMiddle(said, maxResult), `sub-agent ${row.label ?? row.agent}`)}`
  return [
    '[This is a message of the gateway, not of your user: a sub-agent that you started has ended.]',
    `Task: ${cutMiddle(row.label ?? row.task, maxTask)}`,
    `Status: ${statusText(end)}`,
    result,
    `Took ${seconds} s${spent}. Session: ${row.childKey}`,
    `Tell your user what matters of it, in your own words. If there is nothing to tell, answer with exactly ${noReply}.`,
  ].join('\n')
}

function statusText({ status, error }: SubagentEnd): string {
  if (status === 'lost') return 'lost: the gateway went down before it had finished. Start it again if it is needed.'
  if (status === 'timeout') return 'timeout: its time was over before it had finished.'
  if (status === 'stopped') return 'stopped: somebody ended it.'
  return error === undefined ? status : `${status}: ${error}`
}

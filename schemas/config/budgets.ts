import { int, mapOf, number, section } from './words.js'

const limit = (description: string) =>
  section(description, {
    usd: number('US dollars; counts what models with a price cost.', { minimum: 0 }),
    tokens: int('Tokens, those of prompts and of answers.'),
  })

const each = (description: string, what: string) =>
  mapOf(description, limit(`Of this ${what}, in place of what holds for each.`))

/** What may be spent in a day. Asked before each model call. */
export const budgets = section('What may be spent in a day. A call that would begin beyond it is refused.', {
  total: limit('All that the gateway spends.'),
  automation: limit('Heartbeats, jobs and hooks together.'),
  agent: limit('Each agent.'),
  agents: each('Agents by id.', 'agent'),
  caller: limit('Each caller: an API user, a device, a sender of a chat.'),
  callers: each('Callers by name, as `openclaw spending` shows them.', 'caller'),
  job: limit('Each job.'),
  jobs: each('Jobs by id.', 'job'),
})

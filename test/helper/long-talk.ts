import type { Test } from 'tap'
import { postChat } from './calls.js'
import { testConfig, upstreamConfig } from './gateway.js'
import { startGateway } from './running.js'
import { type Reply, type Seen, startUpstream } from './upstream.js'
import type { Body } from './upstream-wire.js'

type Answer = Reply | string

export interface TalkOptions {
  /** What the model says to a turn. Default: `answer`. */
  readonly answer?: (seen: Seen) => Answer | Promise<Answer>
  /** What it says when it is to sum up. Default: `SUMMARY`. */
  readonly summary?: (seen: Seen) => Answer | Promise<Answer>
  /** Tokens of its window; undefined: the config does not say. */
  readonly window?: number | undefined
  /** `agents.defaults` besides. */
  readonly defaults?: object
  /** Keys of the model in the config. */
  readonly model?: object
}

/** A gateway whose model has a small window, and what its requests were. */
export async function longTalk(
  t: Test,
  { answer = () => 'answer', summary = () => 'SUMMARY', window = 6_000, defaults = {}, model = {} }: TalkOptions = {},
) {
  const upstream = await startUpstream(t, (seen) => (isSummary(seen) ? summary(seen) : answer(seen)))
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const limits = window === undefined ? {} : { contextWindow: window }
  models.providers.upstream.models = [{ id: 'one', name: 'One', ...limits, ...model }]
  const workspace = t.testdir()
  const config = testConfig({ models, agents: { defaults: { ...agents.defaults, workspace, ...defaults } } })
  const gateway = await startGateway(t, config)
  async function say(text: string): Promise<string> {
    const response = await postChat(gateway, { user: 'dev', messages: [{ role: 'user', content: text }] })
    const body = (await response.json()) as Body
    if (response.status !== 200) throw new Error(JSON.stringify(body))
    return body.choices[0].message.content
  }
  return {
    gateway,
    upstream,
    workspace,
    summaries: () => upstream.requests.filter(isSummary),
    turns: () => upstream.requests.filter((seen) => !isSummary(seen)),
    /** One message in the session of the user `dev`; gives the answer. */
    say,
    /** Says `turn-1`, `turn-2` ..., each of 700 tokens, until the model is to sum up; gives the number of the last. */
    async untilSummary(): Promise<number> {
      const before = upstream.requests.filter(isSummary).length
      for (let turn = 1; turn < 20; turn += 1) {
        await say(long(`turn-${turn}`, 700))
        if (upstream.requests.filter(isSummary).length > before) return turn
      }
      throw new Error('nothing was summed up')
    },
  }
}

/** A request that asks for a summary. */
export function isSummary({ body }: Seen): boolean {
  const [system] = (body.messages ?? []) as Body[]
  return String(system?.content).startsWith('You sum up a conversation')
}

/** The messages of a request without the system message, as `role: text`. */
export function saidIn(seen: Seen | undefined): string[] {
  return ((seen?.body.messages ?? []) as Body[])
    .filter(({ role }) => role !== 'system')
    .map(
      ({ role, content, tool_calls: calls }) => `${role}: ${content ?? ''}${calls ? ` [${calls.length} calls]` : ''}`,
    )
}

/** A text of about so many tokens that says who it is. */
export const long = (name: string, tokens: number): string => `${name} ${'word '.repeat(Math.floor((tokens * 4) / 5))}`

/** The text of one message of a request; the system message is number 0. */
export function textIn(seen: Seen | undefined, number: number): string {
  const messages = (seen?.body.messages ?? []) as Body[]
  return String(messages[number]?.content)
}

import type { ResponseObject } from '../../../schemas/http/responses.js'
import type { Agents } from '../../../src/agents/agents.js'
import type { RunFinal, RunRequest } from '../../../src/agents/types.js'
import type { Clock } from '../../../src/kernel/clock.js'
import type { StopSignal } from '../../../src/kernel/stop.js'
import type { ModelMessage } from '../../../src/models/types.js'
import type { ResponseRow, Store, StoredEvent } from '../../../src/storage/types.js'
import { ResponseWriter } from './_writer.js'

/** What a response keeps beside itself. */
export interface Keeping {
  readonly store: Store
  readonly clock: Clock
  readonly owner: string
  /** The input items as JSON. */
  readonly input: string
  readonly fresh: readonly ModelMessage[]
  /** It was stored before: what has been deleted since does not come back. */
  readonly again?: boolean
}

/** Stores the response where its caller wants that. `final` adds its answer to the conversation. */
export async function keep(
  { store, clock, owner, input, fresh, again }: Keeping,
  response: ResponseObject,
  final?: RunFinal,
  events?: readonly StoredEvent[],
): Promise<void> {
  if (!response.store) return
  const row: ResponseRow = {
    id: response.id,
    previousId: response.previous_response_id ?? undefined,
    owner,
    at: clock.now(),
    response: JSON.stringify(response),
    input,
    messages: [...fresh, ...(final?.type === 'end' ? final.messages : [])],
  }
  await (again ? store.responses.update(row, events) : store.responses.put(row, events))
}

/**
 * One response that nobody waits for: it begins as `queued`, is stored before it is acknowledged, and its end is stored
 * whatever happens.
 */
export function backgroundRun(
  agents: Agents,
  first: Keeping,
  queued: ResponseObject,
  run: Omit<RunRequest, 'signal'>,
  showTools: boolean,
) {
  const keeping = { ...first, again: true }
  return async (signal: StopSignal, push: (event: StoredEvent) => void): Promise<void> => {
    const events: StoredEvent[] = []
    const send = (event: StoredEvent) => {
      if (run.stream) events.push(event)
      push(event)
    }
    const writer = new ResponseWriter(queued, send, showTools)
    await writer.begin()
    await keep(keeping, writer.response)
    const final = await agents.run({ ...run, signal }, (event) => writer.event(event))
    if (final.type === 'end' && !run.stream) await writer.whole(final.result)
    const response = await writer.end(final, keeping.clock.now())
    const { conclusion } = writer
    await keep(keeping, response, final, run.stream ? [...events, conclusion] : [])
    push(conclusion)
  }
}

/** True while a response can still be called off. */
export function isUnfinished({ response }: ResponseRow): boolean {
  const { status, background } = JSON.parse(response) as ResponseObject
  return background && (status === 'queued' || status === 'in_progress')
}

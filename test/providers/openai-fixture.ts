import type { Test } from 'tap'
import type { ModelRequest, ResolvedModel } from '../../src/models/types.js'
import openAiCompletions from '../../src/providers/openai-completions.js'
import { type Script, startUpstream, type Upstream } from '../helper/upstream.js'
import { collect, never, type Summary, TestClock, testContext, testModel, testRequest } from './fixture.js'

export interface Call {
  readonly result: Summary
  readonly upstream: Upstream
  readonly clock: TestClock
}

/** One call to a scripted upstream, read to its end. */
export async function call(
  t: Test,
  script: Script,
  request: Partial<ModelRequest> = {},
  fields: Partial<ResolvedModel> = {},
): Promise<Call> {
  const upstream = await startUpstream(t, script)
  const clock = new TestClock()
  const provider = openAiCompletions(testContext(clock))
  t.teardown(() => provider.close?.())
  const model = testModel(upstream.baseUrl, fields)
  const result = await collect(provider, testRequest(model, request), never())
  return { result, upstream, clock }
}

/** One frame of a stream. */
export const chunk = (delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
export const DONE = 'data: [DONE]\n\n'

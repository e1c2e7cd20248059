import type { Test } from 'tap'
import type { ModelRequest, ProviderFactory, ResolvedModel } from '../../src/models/types.js'
import { type Script, startUpstream, type Upstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'
import { collect, never, type Summary, testContext, testModel, testRequest } from './fixture.js'

export interface Asked {
  readonly result: Summary
  readonly upstream: Upstream
  /** The last request. */
  readonly body: Body
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** Makes calls of one API to scripted upstreams and gives what these saw. */
export function asker(factory: ProviderFactory) {
  return async (
    t: Test,
    request: Partial<ModelRequest> = {},
    fields: Partial<ResolvedModel> = {},
    script: Script = 'fine',
    path = '/v1',
  ): Promise<Asked> => {
    const upstream = await startUpstream(t, script)
    const provider = factory(testContext())
    t.teardown(() => provider.close?.())
    const model = testModel(`${upstream.origin}${path}`, fields)
    const result = await collect(provider, testRequest(model, request), never())
    const seen = upstream.requests.at(-1)
    return { result, upstream, body: seen?.body, path: seen?.path ?? '', headers: seen?.headers ?? {} }
  }
}

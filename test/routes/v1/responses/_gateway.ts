import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { bearer, build, testConfig, upstreamConfig } from '../../../helper/gateway.js'
import { type Script, type Seen, startUpstream, type Upstream } from '../../../helper/upstream.js'

/** The words of the newest message that the model was asked with. */
export function lastText({ body }: Seen): string {
  const { content } = (body.messages as { content: string }[]).at(-1) ?? { content: '' }
  return content
}

/** A config whose only open door is /v1/responses, with a model that takes images. */
export function responsesConfig(baseUrl: string): object {
  const { models, agents } = upstreamConfig(baseUrl) as { models: { providers: { upstream: object } }; agents: object }
  const one = { id: 'one', name: 'One', input: ['text', 'image'] }
  const { gateway } = testConfig() as { gateway: object }
  return {
    gateway: { ...gateway, http: { endpoints: { responses: { enabled: true } } } },
    models: { providers: { upstream: { ...models.providers.upstream, models: [one] } } },
    agents,
  }
}

export async function gateway(
  t: Test,
  script: Script = (seen) => ({ text: `you said ${lastText(seen)}` }),
): Promise<{ app: FastifyInstance; upstream: Upstream }> {
  const upstream = await startUpstream(t, script)
  return { app: await build(t, responsesConfig(upstream.baseUrl)), upstream }
}

export const post = (app: FastifyInstance, payload: object, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: '/v1/responses', headers: { ...bearer, ...headers }, payload })

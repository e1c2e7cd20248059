import type { FastifyInstance } from 'fastify'
import { bearer, testConfig } from './gateway.js'

/** What `/rpc/<method>` answered. */
export interface RpcAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape
  readonly body: any
}

/** Calls a control-plane method through the HTTP door. */
export async function rpc(
  app: FastifyInstance,
  method: string,
  params: object = {},
  headers: Record<string, string> = bearer,
): Promise<RpcAnswer> {
  const answer = await app.inject({ method: 'POST', url: `/rpc/${method}`, headers, payload: params })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json() }
}

/** The result of a call that must go well. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into results of any shape
export async function resultOf(app: FastifyInstance, method: string, params: object = {}): Promise<any> {
  const { status, body } = await rpc(app, method, params)
  if (status !== 200 || body.ok !== true) throw new Error(`${method} answered ${status}: ${JSON.stringify(body)}`)
  return body.result
}

/** The error of a call that must fail, with its status. */
export async function errorOf(
  app: FastifyInstance,
  method: string,
  params: object = {},
): Promise<{ status: number; code: string; message: string; details?: Record<string, unknown> }> {
  const { status, body } = await rpc(app, method, params)
  if (body.ok !== false) throw new Error(`${method} did not fail: ${JSON.stringify(body)}`)
  return { status, ...body.error }
}

/** A config whose callers say themselves which scopes they hold, with `x-openclaw-scopes`. */
export function openConfig(more: object = {}): object {
  return testConfig({ gateway: { mode: 'local', auth: { mode: 'none' } }, ...more })
}

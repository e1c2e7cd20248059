import type { FastifyInstance } from 'fastify'
import { grantScopes, isScope } from '../../src/auth/scopes.js'
import type { Admission, Refused } from '../../src/live/admission.js'
import type { ClientFacts } from '../../src/live/caller.js'
import type { AdmitRequest } from './_handshake.js'

interface Params {
  readonly minProtocol?: number
  readonly maxProtocol?: number
  readonly client?: ClientFacts
  readonly scopes?: readonly string[]
  readonly caps?: readonly string[]
  readonly auth?: { readonly token?: string; readonly password?: string }
}

/** Programs on this machine that hold the gateway's secret (spec/protocol.md 2.5). Devices: src/devices. */
export async function admit(app: FastifyInstance, { params, facts }: AdmitRequest): Promise<Admission> {
  const { minProtocol = 0, maxProtocol = 0, client, scopes = [], caps = [], auth } = (params ?? {}) as Params
  if (!client?.id || !client.mode) return refused('INVALID_REQUEST', 'invalid connect params: at /client: is required')
  if (minProtocol > 4 || maxProtocol < 4) return refused('INVALID_REQUEST', 'protocol mismatch', 1002)
  const presented = [auth?.token, auth?.password].filter((secret) => secret !== undefined)
  const verdict = app.auth.authenticate({ ...facts, presented })
  if (!verdict.ok) return refused('INVALID_REQUEST', `unauthorized: ${verdict.denial.reason}`)
  const { identity } = verdict
  return {
    ok: true,
    caller: {
      role: 'operator',
      scopes: grantScopes(scopes.filter(isScope), identity.scopes),
      method: identity.method,
      user: identity.user,
      clientIp: identity.clientIp,
      local: true,
      client,
      deviceId: undefined,
      caps,
    },
  }
}

function refused(code: string, message: string, close = 1008): Refused {
  return { ok: false, error: { code, message }, close: { code: close, reason: message } }
}

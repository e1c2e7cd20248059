import type { HelloOk } from '../../../schemas/ws/connect.js'
import { GatewayError } from '../../kernel/errors.js'
import { connectGateway } from '../connect.js'
import type { FoundGateway } from '../open.js'
import { beginStage, codeOf, type Limits, type Says, type Stage } from './stage.js'

export interface LoginOutcome {
  /** auth, pairing and scope, as far as they were reached. */
  readonly stages: readonly Stage[]
  readonly hello: HelloOk | undefined
}

/** Connects as commands do, with all that may be sent there, and hangs up. */
export async function loginStages(found: FoundGateway, { limitMs, signal }: Limits): Promise<LoginOutcome> {
  const says = beginStage('auth')
  try {
    const connection = await connectGateway(found, { scopes: ['operator.admin'], connectMs: limitMs, signal })
    const { hello } = connection
    connection.close()
    return { stages: [accepted(says, found, hello), paired(found, hello), allowed(hello)], hello }
  } catch (error) {
    signal.throwIfAborted()
    return { stages: refused(says, found, error), hello: undefined }
  }
}

function accepted(says: Says, { credential }: FoundGateway, { auth }: HelloOk): Stage {
  if (auth.method === 'device-token') return says('AUTH_DEVICE')
  if (auth.method === 'none') return says('AUTH_NOT_NEEDED')
  return credential ? says('AUTH_OK', { kind: credential.kind, from: credential.from }) : says('AUTH_DEVICE')
}

function paired({ credential }: FoundGateway, { auth }: HelloOk): Stage {
  const says = beginStage('pairing')
  const byDevice = auth.deviceToken !== undefined || auth.method === 'device-token' || !credential
  return says(byDevice ? 'PAIRING_OK' : 'PAIRING_NOT_NEEDED')
}

function allowed({ auth: { scopes } }: HelloOk): Stage {
  const says = beginStage('scope')
  const list = scopes.join(', ')
  if (scopes.includes('operator.admin')) return says('SCOPE_ADMIN', { scopes: list })
  if (scopes.includes('operator.write')) return says('SCOPE_WRITE', { scopes: list })
  return scopes.includes('operator.read') ? says('SCOPE_READ', { scopes: list }) : says('SCOPE_NONE', { scopes: list })
}

function refused(says: Says, { credential }: FoundGateway, error: unknown): Stage[] {
  const { kind = '', values } = error instanceof GatewayError ? (error.details ?? {}) : {}
  const named: Readonly<Record<string, unknown>> = typeof values === 'object' && values !== null ? { ...values } : {}
  const detail = String(named.detail ?? codeOf(error))
  const secret = { kind: credential?.kind ?? 'token', from: credential?.from ?? 'this device' }
  switch (kind) {
    case 'unauthorized':
      return [says('AUTH_WRONG', secret)]
    case 'credential_missing':
      return [says('AUTH_MISSING')]
    case 'rate_limited':
      return [says('AUTH_RATE_LIMITED')]
    case 'no_websocket':
      return [says('AUTH_NO_WEBSOCKET', { detail })]
    case 'protocol':
      return [says('AUTH_PROTOCOL', { detail })]
    case 'handshake':
      return [says('AUTH_REFUSED', { detail })]
    case 'pairing_required':
      return [says('AUTH_OK', secret), beginStage('pairing')('PAIRING_REQUIRED', { request: detail })]
    default:
      return [says('AUTH_FAILED', { detail: String(kind || detail) })]
  }
}

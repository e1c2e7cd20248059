import type { ClientFlags } from '../../client/open.js'
import type { Config } from '../../config/types.js'
import { type AuditFinding, finding } from '../../doctor/audit/types.js'
import type { CommandContext } from '../context.js'
import { lookAtGateway } from '../gateway-look.js'

export interface DeepLook {
  readonly deep: {
    readonly gateway: {
      readonly attempted: true
      readonly url: string
      readonly ok: boolean
      readonly error: string | null
    }
  }
  readonly findings: readonly AuditFinding[]
}

/** Asks the running gateway whether it is what the files say. One that does not run is no danger: that is told, not judged. */
export async function deepLook(context: CommandContext, config: Config, flags: ClientFlags): Promise<DeepLook> {
  const { client, probe, failure } = await lookAtGateway(context, config, flags)
  const findings: AuditFinding[] = []
  if (client.credentialProblem !== undefined) {
    findings.push(
      finding(
        'gateway.probe_auth_secretref_unavailable',
        'warn',
        'The secret of the gateway was not read here',
        client.credentialProblem,
        'Pass --token or --password.',
      ),
    )
  }
  if (!probe) {
    const why = failure?.message ?? 'It did not answer.'
    findings.push(finding('gateway.probe_failed', 'warn', 'The gateway could not be looked at', why))
  } else {
    findings.push(...(await withoutSecret(client.target.base, client.withoutSecret)))
  }
  const gateway = {
    attempted: true as const,
    url: client.target.display,
    ok: probe !== undefined,
    error: failure?.message ?? null,
  }
  return { deep: { gateway }, findings }
}

const limitMs = 2_000

/** A door that should ask for the secret, asked without one: what the config says is not always what runs. */
async function withoutSecret(base: URL, expected: boolean): Promise<AuditFinding[]> {
  const url = new URL('/rpc/config.get', base)
  const init = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
  const status = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) }).then(
    (response) => response.status,
    () => 0,
  )
  if (status !== 200 || expected) return []
  const detail = 'The running gateway answered a call without any credential, although the config asks for one.'
  return [
    finding(
      'gateway.live_no_auth',
      'critical',
      'The gateway lets everybody in',
      detail,
      'Restart it: openclaw gateway restart',
    ),
  ]
}

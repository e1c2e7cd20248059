import type { HelloOk } from '../../schemas/ws/connect.js'
import { maxBufferedBytes, maxPayloadBytes, tickIntervalMs } from '../../schemas/ws/frames.js'
import type { HealthPayload } from '../../schemas/ws/health.js'
import { hasScope } from '../../src/auth/scopes.js'
import type { Admitted } from '../../src/devices/admission.js'
import { eventScopes } from '../../src/live/event-scopes.js'
import type { Runtime } from '../../src/runtime.js'
import type { MethodTable } from './_table.js'

/** The answer to a `connect` that was admitted (spec/protocol.md 2.8). */
export function helloOk(
  runtime: Runtime,
  table: MethodTable,
  connId: string,
  { admitted, health }: { readonly admitted: Admitted; readonly health: HealthPayload },
): HelloOk {
  const { caller, protocol, deviceToken, issuedAtMs } = admitted
  const { instance, hub, clock, startedAt } = runtime
  return {
    type: 'hello-ok',
    protocol,
    server: { version: instance.version, connId, bootId: instance.id },
    features: { methods: [...table.advertised], events: ['connect.challenge', ...Object.keys(eventScopes)] },
    snapshot: {
      presence: hasScope(caller.scopes, 'operator.read') ? runtime.presence.rows() : [],
      health,
      stateVersion: hub.versions,
      uptimeMs: Math.max(Math.round(clock.now() - startedAt), 0),
      sessionDefaults: sessionDefaults(runtime),
      ...(hasScope(caller.scopes, 'operator.admin') && {
        authMode: runtime.auth().mode,
        configPath: instance.paths.config,
        stateDir: instance.paths.state,
      }),
    },
    auth: {
      role: caller.role,
      scopes: [...caller.scopes],
      method: caller.method,
      ...(deviceToken !== undefined && { deviceToken }),
      ...(issuedAtMs !== undefined && { issuedAtMs }),
    },
    policy: { maxPayload: maxPayloadBytes, maxBufferedBytes, tickIntervalMs },
  }
}

function sessionDefaults({ agents, config }: Runtime): HelloOk['snapshot']['sessionDefaults'] {
  const { defaultId } = agents.roster()
  const { session, agents: configured } = config.current
  const mainKey = session?.mainKey ?? 'main'
  return {
    defaultAgentId: defaultId,
    modelConfigured: configured?.defaults?.model !== undefined,
    mainKey,
    mainSessionKey: `agent:${defaultId}:${mainKey}`,
    scope: session?.scope ?? 'per-sender',
  }
}

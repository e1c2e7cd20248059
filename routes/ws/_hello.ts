import { maxBufferedBytes, maxPayloadBytes, protocolVersion, tickIntervalMs } from '../../schemas/ws/frames.js'
import { hasScope } from '../../src/auth/scopes.js'
import type { Admitted } from '../../src/live/admission.js'
import { eventScopes } from '../../src/live/event-scopes.js'
import type { Runtime } from '../../src/runtime.js'
import type { MethodTable } from './_table.js'

/** The answer to a `connect` that was admitted (spec/protocol.md 2.8). */
export async function helloOk(
  runtime: Runtime,
  table: MethodTable,
  connId: string,
  admitted: Admitted,
): Promise<object> {
  const { caller, deviceToken, issuedAtMs } = admitted
  const { instance, hub, clock, startedAt } = runtime
  return {
    type: 'hello-ok',
    protocol: protocolVersion,
    server: { version: instance.version, connId, bootId: instance.id },
    features: { methods: table.advertised, events: ['connect.challenge', ...Object.keys(eventScopes)] },
    snapshot: {
      presence: hasScope(caller.scopes, 'operator.read') ? runtime.presence.rows() : [],
      health: await runtime.health.read(),
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
      scopes: caller.scopes,
      method: caller.method,
      ...(deviceToken !== undefined && { deviceToken }),
      ...(issuedAtMs !== undefined && { issuedAtMs }),
    },
    policy: { maxPayload: maxPayloadBytes, maxBufferedBytes, tickIntervalMs },
  }
}

function sessionDefaults({ agents, config }: Runtime): object {
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

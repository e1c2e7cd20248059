import { HeartbeatReport } from '../../schemas/heartbeat.js'
import { Nullable } from '../../schemas/primitives.js'
import { type Static, Type } from '../../schemas/type.js'
import { PresenceEntry } from '../../schemas/ws/presence.js'
import {
  RestartPreflightResult,
  RestartRequestParams,
  RestartRequestResult,
  StatusResult,
  SystemEventParams,
  SystemInfoResult,
  UpdateStatusResult,
  WakeParams,
} from '../../schemas/ws/system.js'
import { readAddresses } from '../../src/instance/host.js'
import { packageRoot } from '../../src/kernel/code-root.js'
import { installKind } from '../../src/live/install-kind.js'
import { machineFacts } from '../../src/live/machine.js'
import type { Beacon } from '../../src/live/presence.js'
import { family, method } from './_method.js'
import { readStatus, restartPreflight, uptimeMs } from './_system.js'
import { runCaller } from './_tools.js'

const done = { ok: true } as const
const Done = Type.Object({ ok: Type.Literal(true) })
const none = Type.Object({})
/** Reports of a client about itself, which are for other clients and not for the agent. */
const reportLine = /^Node:/

export default family({
  status: method({
    summary: 'What the gateway is doing',
    description: 'Callers without `operator.admin` do not see paths, sessions and the default model.',
    scope: 'operator.read',
    params: Type.Object({ includeChannelSummary: Type.Optional(Type.Boolean()) }),
    result: StatusResult,
    handler: ({ runtime, caller }, { includeChannelSummary = true }) =>
      readStatus(runtime, caller, includeChannelSummary),
  }),
  'system-presence': method({
    summary: 'Who is there: the gateway, pages, nodes',
    scope: 'operator.read',
    params: none,
    result: Type.Array(PresenceEntry),
    handler: ({ runtime }) => runtime.presence.rows(),
  }),
  'system-event': method({
    summary: 'Tells an agent something at its next turn',
    description:
      'What the caller says of itself beside the text (host, version, last input ...) is shown by `system-presence`. A text that begins with `Node:` is only such a report.',
    scope: 'operator.admin',
    params: SystemEventParams,
    result: Done,
    async handler({ runtime }, params) {
      const { text, sessionKey, agentId } = params
      if (!reportLine.test(text))
        await runtime.systemEvents.queue({ text, sessionKey, agentId, wake: 'next-heartbeat' })
      runtime.presence.report(beaconOf(params))
      return done
    },
  }),
  wake: method({
    summary: 'Tells an agent something and wakes it',
    description: 'The text waits for the next turn of the session, on disk.',
    scope: 'operator.write',
    params: WakeParams,
    result: Done,
    async handler({ runtime }, { mode, text, sessionKey, agentId }) {
      await runtime.systemEvents.queue({ text, sessionKey, agentId, wake: mode })
      return done
    },
  }),
  'last-heartbeat': method({
    summary: 'How the last heartbeat ended',
    scope: 'operator.read',
    params: none,
    result: Nullable(HeartbeatReport, { description: 'null: there was none yet.' }),
    handler: async ({ runtime }) => (await runtime.heartbeats.last()) ?? null,
  }),
  'set-heartbeats': method({
    summary: 'Turns all heartbeats on or off until the next start',
    scope: 'operator.admin',
    params: Type.Object({ enabled: Type.Boolean() }),
    result: Type.Object({ ok: Type.Literal(true), enabled: Type.Boolean() }),
    handler({ runtime }, { enabled }) {
      runtime.heartbeats.enabled = enabled
      return { ...done, enabled }
    },
  }),
  'system.info': method({
    summary: 'The machine that the gateway runs on',
    scope: 'operator.read',
    params: none,
    result: SystemInfoResult,
    async handler({ runtime }) {
      const facts = await machineFacts(runtime.instance, readAddresses())
      return { ...facts, port: runtime.port, uptimeMs: uptimeMs(runtime) }
    },
  }),
  'update.status': method({
    summary: 'How this gateway gets its updates',
    scope: 'operator.admin',
    params: Type.Object({ refreshCheckout: Type.Optional(Type.Boolean()) }),
    result: UpdateStatusResult,
    handler({ runtime }) {
      const { channel = 'stable', auto } = runtime.config.current.update ?? {}
      const schedule = { channel, autoEnabled: auto?.enabled ?? false, install: { kind: installKind(packageRoot) } }
      return { sentinel: null, updateAvailable: null, effectiveChannel: channel, schedule }
    },
  }),
  'gateway.restart.preflight': method({
    summary: 'What a restart would cut off now',
    scope: 'operator.read',
    params: none,
    result: RestartPreflightResult,
    handler: ({ runtime }) => restartPreflight(runtime),
  }),
  'gateway.restart.request': method({
    summary: 'Restarts the gateway in its process',
    description:
      'Turns that run get their time to end. Clients hear `shutdown` with `restartExpectedMs` and connect again. Refused while the config on disk would not start.',
    scope: 'operator.admin',
    write: true,
    params: RestartRequestParams,
    result: RestartRequestResult,
    async handler({ runtime, caller }, { reason, delayMs, sessionKey }) {
      const tell =
        sessionKey === undefined ? undefined : ({ who: 'chat', sessionKey, caller: runCaller(caller) } as const)
      return { ...done, delayMs: await runtime.restarts.request({ reason, delayMs, tell }) }
    },
  }),
})

const beaconKeys = Object.keys(SystemEventParams.properties).filter((key) => !['sessionKey', 'agentId'].includes(key))

/** The known keys only: what a caller adds of its own is not shown to everybody. */
function beaconOf(params: Static<typeof SystemEventParams>): Beacon {
  const given: Readonly<Record<string, unknown>> = params
  return Object.fromEntries(beaconKeys.filter((key) => key in given).map((key) => [key, given[key]]))
}

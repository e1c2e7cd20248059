import { stringEnum } from '../primitives.js'
import { Type } from '../type.js'
import { named } from './named.js'

export const Health = named('Health', Type.Object({ ok: Type.Boolean(), status: stringEnum(['live']) }))

export const Startup = named(
  'Startup',
  Type.Object({
    ok: Type.Boolean(),
    status: stringEnum(['starting', 'started', 'draining']),
    version: Type.Optional(Type.String({ description: 'For local or authenticated callers.' })),
    uptimeMs: Type.Optional(Type.Integer({ description: 'For local or authenticated callers.' })),
  }),
)

export const ConfigState = Type.Object({
  valid: Type.Boolean({ description: 'False: the file has errors and the last good config is in use.' }),
  issues: Type.Array(Type.Object({ path: Type.String(), message: Type.String() }, { additionalProperties: true })),
  pendingRestart: Type.Array(Type.String({ description: 'Changed keys that wait for a restart.' })),
})

/** Everything but `ready` is for local or authenticated callers. */
export const Readiness = named(
  'Readiness',
  Type.Object({
    ready: Type.Boolean(),
    failing: Type.Optional(
      Type.Array(Type.String(), {
        description: 'What is not ready. This and all below: for local or authenticated callers.',
      }),
    ),
    uptimeMs: Type.Optional(Type.Integer()),
    profile: Type.Optional(Type.String()),
    config: Type.Optional(ConfigState),
    eventLoop: Type.Optional(
      Type.Object({ delayP99Ms: Type.Number(), delayMaxMs: Type.Number(), utilization: Type.Number() }),
    ),
    turns: Type.Optional(Type.Object({ active: Type.Integer() })),
    memory: Type.Optional(Type.Object({ rssBytes: Type.Integer(), heapUsedBytes: Type.Integer() })),
  }),
)

import { Nullable, stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const json = (description?: string) => Type.Unknown(description === undefined ? {} : { description })
const tree = (description: string) => Type.Record(Type.String(), Type.Unknown(), { description })

export const ConfigIssue = Type.Object({
  path: Type.String(),
  message: Type.String(),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer({ minimum: 1 })),
  column: Type.Optional(Type.Integer({ minimum: 1 })),
  suggestion: Type.Optional(Type.String()),
  allowedValues: Type.Optional(Type.Array(Type.String())),
})

export const ConfigGetResult = Type.Object({
  path: Type.String({ description: 'The main file.' }),
  exists: Type.Boolean(),
  valid: Type.Boolean({ description: 'False: the gateway runs with the last good config.' }),
  raw: Nullable(Type.String(), { description: 'The text of the file; null when secrets in it had to be hidden.' }),
  parsed: Nullable(tree('The config as written, older spellings mapped; null when the file cannot be read.')),
  sourceConfig: tree('The same; empty when the file cannot be read.'),
  resolved: tree('The same.'),
  config: tree('The same: edit this and send it back.'),
  runtimeConfig: tree('The config that runs, variables put in.'),
  hash: Type.Optional(Type.String({ description: 'For `baseHash`. Absent when there is no file.' })),
  configRevisionHash: Type.Optional(Type.String()),
  appliedConfigHash: Type.Optional(Type.String({ description: 'Of the config that runs.' })),
  issues: Type.Array(ConfigIssue),
  warnings: Type.Array(ConfigIssue),
  legacyIssues: Type.Array(ConfigIssue, { description: 'Older spellings.' }),
  pendingRestart: Type.Array(Type.String(), { description: 'Changed paths that wait for a restart.' }),
  includedPaths: Type.Array(Type.String()),
  includeProvenance: Type.Array(Type.Object({ path: Type.String(), file: Type.String() })),
  agentRosterIncludeOwned: Type.Boolean(),
  bindingsIncludeOwned: Type.Boolean(),
})

const raw = (description: string) => Type.String({ minLength: 1, description })
const baseHash = Type.Optional(
  Type.String({ minLength: 1, description: 'The `hash` of config.get; needed once there is a file.' }),
)

export const ConfigSetParams = Type.Object({ raw: raw('The whole config as JSON5.'), baseHash })

const request = {
  baseHash,
  sessionKey: Type.Optional(Type.String()),
  note: Type.Optional(Type.String({ description: 'Why, for the log.' })),
  restartDelayMs: Type.Optional(Type.Integer({ minimum: 0 })),
  deliveryContext: Type.Optional(
    Type.Object({
      channel: Type.Optional(Type.String()),
      to: Type.Optional(Type.String()),
      accountId: Type.Optional(Type.String()),
      threadId: Type.Optional(Type.Union([Type.String(), Type.Number()])),
    }),
  ),
}

export const ConfigApplyParams = Type.Object({ raw: raw('The whole config as JSON5.'), ...request })
export const ConfigPatchParams = Type.Object({
  raw: raw('A JSON merge patch as JSON5: null removes.'),
  ...request,
  replacePaths: Type.Optional(
    Type.Array(Type.String({ minLength: 1 }), {
      maxItems: 256,
      description: 'Lists that the patch replaces; others keep their entries.',
    }),
  ),
})

export const ConfigWriteResult = Type.Object({
  ok: Type.Literal(true),
  noop: Type.Optional(Type.Literal(true, { description: 'Nothing differed; nothing was written.' })),
  path: Type.String({ description: 'The file that was written.' }),
  hash: Type.String(),
  changedPaths: Type.Array(Type.String()),
  reload: stringEnum(['hot', 'restart', 'none'], { description: 'What the change asks of the running gateway.' }),
  pendingRestart: Type.Array(Type.String()),
  config: tree('The config as written now, secrets hidden.'),
  warnings: Type.Array(ConfigIssue),
})

export const ConfigSchemaResult = Type.Object({
  schema: json('JSON Schema, draft-07.'),
  uiHints: Type.Record(Type.String(), Type.Object({ sensitive: Type.Optional(Type.Boolean()) })),
  version: Type.String(),
  generatedAt: Type.String(),
})

const reloadKind = stringEnum(['restart', 'hot', 'none'])
const hint = Type.Optional(
  Type.Object({ help: Type.Optional(Type.String()), sensitive: Type.Optional(Type.Literal(true)) }),
)

export const ConfigSchemaLookupParams = Type.Object({
  path: Type.String({
    minLength: 1,
    maxLength: 1024,
    pattern: '^[A-Za-z0-9_./\\[\\]\\-*]+$',
    description: 'Like `channels.telegram.groups.*`; `.` is the whole.',
  }),
})
export const ConfigSchemaLookupResult = Type.Object({
  path: Type.String(),
  schema: json('Without what is inside.'),
  reloadKind,
  hint,
  children: Type.Array(
    Type.Object({
      key: Type.String(),
      path: Type.String(),
      type: Type.Optional(Type.Union([Type.String(), Type.Array(Type.String())])),
      required: Type.Boolean(),
      hasChildren: Type.Boolean(),
      reloadKind,
      hint,
    }),
  ),
})

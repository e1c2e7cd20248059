import { stringEnum } from './primitives.js'
import { type Static, Type } from './type.js'

const time = () => Type.Optional(Type.Number({ minimum: 0, description: 'Milliseconds since the epoch.' }))
const text = () => Type.Optional(Type.String())

const rules = {
  security: Type.Optional(stringEnum(['deny', 'allowlist', 'full'], { description: 'Which commands may run at all.' })),
  ask: Type.Optional(stringEnum(['off', 'on-miss', 'always'], { description: 'When a person is asked.' })),
  askFallback: Type.Optional(
    stringEnum(['deny', 'allowlist', 'full'], { description: 'What holds when nobody can be asked.' }),
  ),
  autoAllowSkills: Type.Optional(Type.Boolean()),
}

const entry = Type.Object({
  id: Type.Optional(Type.String({ minLength: 1 })),
  pattern: Type.String({ minLength: 1, description: 'Glob on the real path of the program, or its bare name.' }),
  argPattern: text(),
  source: Type.Optional(Type.Literal('allow-always')),
  commandText: text(),
  lastUsedAt: time(),
  lastUsedCommand: text(),
  lastResolvedPath: text(),
})

const mcpTool = Type.Object({
  server: Type.String({ minLength: 1, pattern: '\\S' }),
  tool: Type.String({ minLength: 1, pattern: '\\S' }),
  source: Type.Literal('allow-always'),
  addedAt: Type.Number({ minimum: 0 }),
  lastUsedAt: time(),
})

/** `exec-approvals.json` of the state directory (spec/runtime.md 4.3): what this host allows whatever the config says. */
export const ExecApprovals = Type.Object({
  version: Type.Literal(1),
  socket: Type.Optional(Type.Object({ path: text(), token: text() })),
  defaults: Type.Optional(Type.Object(rules)),
  agents: Type.Optional(
    Type.Record(
      Type.String(),
      Type.Object({
        ...rules,
        allowlist: Type.Optional(Type.Array(entry, { maxItems: 5_000 })),
        mcpTools: Type.Optional(Type.Array(mcpTool, { maxItems: 5_000 })),
      }),
    ),
  ),
})
export type ExecApprovals = Static<typeof ExecApprovals>

import { type Static, Type } from '../type.js'
import { named } from './named.js'

const text = (description: string) => Type.String({ minLength: 1, maxLength: 512, description })

export const ToolInvokeRequest = named(
  'ToolInvokeRequest',
  Type.Object(
    {
      tool: Type.Optional(text('Name of the tool; case and aliases (`bash`) do not matter.')),
      name: Type.Optional(text('The same as `tool`, and wins over it.')),
      action: Type.Optional(Type.String({ description: 'Becomes `args.action` unless that is given.' })),
      args: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), {
          description: 'Arguments, in the shape of the tool’s parameters.',
        }),
      ),
      sessionKey: Type.Optional(text('Session whose policy holds; the main session of the agent when absent.')),
      agentId: Type.Optional(text('Agent; that of the session key, else the default agent.')),
      idempotencyKey: Type.Optional(text('A repeated call with the same key gets the result of the first one.')),
      dryRun: Type.Optional(Type.Boolean({ description: 'Check policy and arguments without calling the tool.' })),
    },
    { description: 'One call of one tool. `tool` or `name` is required.' },
  ),
)
export type ToolInvokeRequest = Static<typeof ToolInvokeRequest>

const part = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String() }),
  Type.Object({
    type: Type.Literal('image'),
    mediaType: Type.String(),
    data: Type.String({ description: 'Base64, without a `data:` prefix.' }),
  }),
])

export const ToolInvokeResult = named(
  'ToolInvokeResult',
  Type.Object({
    ok: Type.Literal(true),
    result: Type.Object({
      content: Type.Array(part, { description: 'What a model would be given.' }),
      details: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), { description: 'Facts about the result, for programs.' }),
      ),
    }),
  }),
)

import { Type } from '../type.js'
import { named } from './named.js'

/** A failure of `/rpc/{method}`; `details` are those that the WebSocket would give. */
export const RpcFailure = named(
  'RpcFailure',
  Type.Object({
    ok: Type.Literal(false),
    error: Type.Object({
      type: Type.String({ description: 'The kind of failure.' }),
      message: Type.String({ description: 'What happened and what to do next.' }),
      code: Type.String({ description: 'Stable code; docs/errors.md lists them all.' }),
      details: Type.Optional(Type.Unknown()),
    }),
  }),
)

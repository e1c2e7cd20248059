import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { refusedResult } from './_exec/result.js'
import { actions } from './_process/actions.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'runtime',
  label: 'Processes',
  summary:
    'Follow commands that exec left in the background: poll (new output, waits up to timeout ms), log (lines by offset and limit), write (data, eof), send-keys (keys like Enter, Up, C-c; literal; hex), clear (forget a finished one), remove (kill or forget).',
  params: Type.Object({
    action: stringEnum(['list', 'poll', 'log', 'write', 'send-keys', 'submit', 'paste', 'kill', 'clear', 'remove']),
    sessionId: Type.Optional(Type.String()),
    timeout: Type.Optional(Type.Number()),
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
    limit: Type.Optional(Type.Integer({ minimum: 1 })),
    data: Type.Optional(Type.String()),
    eof: Type.Optional(Type.Boolean()),
    keys: Type.Optional(Type.Array(Type.String())),
    literal: Type.Optional(Type.String()),
    hex: Type.Optional(Type.Array(Type.String())),
  }),
  async run(context, args) {
    try {
      return await actions[args.action](context, args)
    } catch (error) {
      return refusedResult(error)
    }
  },
})

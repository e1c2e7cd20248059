import { Type } from '../../schemas/type.js'
import { followLog } from '../../src/logs/follow.js'
import { family, method } from './_method.js'

const defaultLimit = 500
const defaultMaxBytes = 250_000
const maxWaitMs = 30_000

export default family({
  'logs.tail': method({
    summary: 'The end of the log, or what came after a cursor',
    description:
      'Call it again with the `cursor` of the answer to follow the log; nothing is left out then. With `waitMs` that is no polling. Secrets were blanked when the lines were written.',
    scope: 'operator.read',
    params: Type.Object({
      cursor: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 5000, description: `Lines; ${defaultLimit} when absent.` }),
      ),
      maxBytes: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1_000_000, description: `Bytes read; ${defaultMaxBytes} when absent.` }),
      ),
      waitMs: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: maxWaitMs,
          description: 'With a cursor: how long to wait for lines when there are none, in milliseconds.',
        }),
      ),
    }),
    result: Type.Object({
      file: Type.String(),
      cursor: Type.Integer({ minimum: 0 }),
      size: Type.Integer({ minimum: 0, description: 'Bytes of the file.' }),
      lines: Type.Array(Type.String({ description: 'One JSON object each.' })),
      truncated: Type.Optional(Type.Boolean({ description: 'Older lines were left out.' })),
      reset: Type.Optional(Type.Boolean({ description: 'The file is another one, or was cut: this is its end.' })),
      skippedBytes: Type.Optional(
        Type.Integer({ minimum: 0, description: 'Left out for a line longer than maxBytes.' }),
      ),
    }),
    handler: ({ runtime, signal }, { cursor, limit = defaultLimit, maxBytes = defaultMaxBytes, waitMs = 0 }) => {
      const { clock, onLogWritten: onWritten } = runtime
      const log = {
        get path() {
          return runtime.logPath
        },
        onWritten,
      }
      return followLog(log, { cursor, limit, maxBytes }, { waitMs, clock, signal })
    },
  }),
})

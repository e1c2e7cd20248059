import { Type } from '../../schemas/type.js'
import { invalidConfig } from '../../src/config/watch.js'
import { family, method } from './_method.js'

export default family({
  'secrets.reload': method({
    summary: 'Reads the config and its references to secrets again',
    description: 'What cannot be taken over changes nothing: the values in use stay.',
    scope: 'operator.admin',
    params: Type.Object({}),
    result: Type.Object({
      ok: Type.Literal(true),
      warningCount: Type.Integer({
        minimum: 0,
        description: 'Warnings about the config, missing variables among them.',
      }),
    }),
    async handler({ runtime }) {
      const { valid, issues, warnings } = await runtime.config.reload()
      if (!valid) throw invalidConfig(issues)
      return { ok: true as const, warningCount: warnings.length }
    },
  }),
})

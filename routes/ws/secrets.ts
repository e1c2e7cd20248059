import { Type } from '../../schemas/type.js'
import { SecretsStatusResult } from '../../schemas/ws/secrets.js'
import { invalidConfig } from '../../src/config/watch.js'
import { family, method } from './_method.js'
import { secretsStatus } from './_secrets.js'

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
        description: 'Warnings about the config, and references that could not be read.',
      }),
    }),
    async handler({ runtime }) {
      const { valid, issues, warnings } = await runtime.config.reload(true)
      if (!valid) throw invalidConfig(issues)
      await runtime.secrets.refresh()
      return { ok: true as const, warningCount: warnings.length + runtime.secrets.degraded.length }
    },
  }),
  'secrets.status': method({
    summary: 'Which references to secrets could be read',
    description: 'By owner; without ids and values.',
    scope: 'operator.admin',
    advertised: false,
    params: Type.Object({}),
    result: SecretsStatusResult,
    handler: ({ runtime }) => secretsStatus(runtime),
  }),
})

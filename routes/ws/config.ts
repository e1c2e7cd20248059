import { Type } from '../../schemas/type.js'
import {
  ConfigApplyParams,
  ConfigGetResult,
  ConfigPatchParams,
  ConfigSchemaLookupParams,
  ConfigSchemaLookupResult,
  ConfigSchemaResult,
  ConfigSetParams,
  ConfigWriteResult,
} from '../../schemas/ws/config.js'
import { readSnapshot, writeConfig } from './_config.js'
import { family, method } from './_method.js'

export default family({
  'config.get': method({
    summary: 'The config file and the config that runs',
    description:
      'Secrets are hidden as `__OPENCLAW_REDACTED__`; sent back in a write, that text stands for the secret on disk.',
    scope: 'operator.read',
    params: Type.Object({}),
    result: ConfigGetResult,
    handler: ({ runtime }) => readSnapshot(runtime),
  }),
  'config.set': method({
    summary: 'Makes the config file what is sent',
    description: 'Only what differs is written, so comments stay.',
    scope: 'operator.admin',
    params: ConfigSetParams,
    result: ConfigWriteResult,
    handler: (context, params) => writeConfig(context, params),
  }),
  'config.apply': method({
    summary: 'Makes the config what is sent and applies it',
    description: 'As `config.set`, with a note for the log.',
    scope: 'operator.admin',
    write: true,
    params: ConfigApplyParams,
    result: ConfigWriteResult,
    handler: (context, params) => writeConfig(context, params),
  }),
  'config.patch': method({
    summary: 'Merges a patch into the config and applies it',
    description:
      'Objects merge and null removes. Lists of objects with ids merge by id; another list loses entries only when its path is one of `replacePaths`.',
    scope: 'operator.admin',
    write: true,
    params: ConfigPatchParams,
    result: ConfigWriteResult,
    handler: (context, params) => writeConfig(context, params, params.replacePaths ?? []),
  }),
  'config.schema': method({
    summary: 'The JSON Schema of the config',
    scope: 'operator.read',
    params: Type.Object({}),
    result: ConfigSchemaResult,
    async handler({ runtime }) {
      const [{ configJsonSchema }, { secretHints }] = await Promise.all([
        import('../../src/config/json-schema.js'),
        import('../../src/config/schema-hints.js'),
      ])
      return {
        schema: await configJsonSchema(),
        uiHints: await secretHints(),
        version: runtime.instance.version,
        generatedAt: new Date(runtime.clock.now()).toISOString(),
      }
    },
  }),
  'config.schema.lookup': method({
    summary: 'One place of the config schema and its keys',
    scope: 'operator.read',
    params: ConfigSchemaLookupParams,
    result: ConfigSchemaLookupResult,
    async handler(_context, { path }) {
      const { lookupSchema } = await import('../../src/config/schema-lookup.js')
      return lookupSchema(path)
    },
  }),
})

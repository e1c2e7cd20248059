import { configJsonSchema } from '../../../config/json-schema.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'

/** The schema is JSON for people and programs alike. */
export default defineCommand({
  summary: 'config.schema.summary',
  description: 'config.schema.description',
  options: jsonOption,
  examples: [{ command: 'config schema > openclaw.schema.json' }],
  async run({ out }) {
    out.raw(`${JSON.stringify(await configJsonSchema(), null, 2)}\n`)
    return 0
  },
})

import { access } from 'node:fs/promises'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'

/** The path goes to stdout even when the file is missing, so that an editor can be started with it. */
export default defineCommand({
  summary: 'config.file.summary',
  options: jsonOption,
  examples: [{ command: 'config file' }],
  async run({ instance, out }) {
    const { config } = (await instance()).paths
    const exists = await access(config).then(
      () => true,
      () => false,
    )
    out.result({ ok: true, path: config, exists }, () => [config])
    return 0
  },
})

import { jsonOption } from '../client-options.js'
import { defineCommand } from '../define.js'

/** Parts of onboarding, again and again. `config` without a word opens the same. */
export default defineCommand({
  summary: 'configure.summary',
  description: 'configure.description',
  options: {
    section: { kind: 'text', value: 'name', text: 'configure.option.section', repeatable: true },
    ...jsonOption,
  },
  examples: [{ command: 'configure' }, { command: 'configure --section model --section channels' }],
  async run(context, _args, { section }) {
    const { runConfigure } = await import('../onboard/configure.js')
    return runConfigure(context, section)
  },
})

import { defineCommand } from '../define.js'
import { onboardOptions } from '../onboard/options.js'

/** From nothing to a gateway that answers, by questions or, in a script, by options. */
export default defineCommand({
  summary: 'onboard.summary',
  description: 'onboard.description',
  options: onboardOptions,
  examples: [
    { command: 'onboard' },
    { command: '--profile rescue onboard' },
    { command: 'onboard --non-interactive --accept-risk --auth-choice echo --json', text: 'onboard.example.script' },
    {
      command:
        'onboard --non-interactive --accept-risk --auth-choice openai-api-key --secret-input-mode ref --install-daemon',
      text: 'onboard.example.ref',
    },
    {
      command:
        'onboard --non-interactive --accept-risk --custom-base-url http://127.0.0.1:1234/v1 --custom-model-id mini --test-model',
    },
  ],
  async run(context, _args, options) {
    const { runOnboard } = await import('../onboard/run.js')
    return runOnboard(context, options)
  },
})

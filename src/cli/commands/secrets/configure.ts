import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { runConfigure } from '../../secrets/configure.js'

export default defineCommand({
  summary: 'secrets.configure.summary',
  description: 'secrets.configure.description',
  options: {
    setProviders: { kind: 'text', value: 'json5', text: 'secrets.option.setProviders' },
    setRefs: { kind: 'text', value: 'json5', text: 'secrets.option.setRefs' },
    agent: { kind: 'text', value: 'id', text: 'secrets.option.agent' },
    providersOnly: { kind: 'flag', text: 'secrets.option.providersOnly' },
    skipProviderSetup: { kind: 'flag', text: 'secrets.option.skipProviderSetup' },
    planOut: { kind: 'text', value: 'file', text: 'secrets.option.planOut' },
    apply: { kind: 'flag', text: 'secrets.option.apply' },
    yes: { kind: 'flag', text: 'secrets.option.yes' },
    allowExec: { kind: 'flag', text: 'secrets.option.allowExec' },
    ...jsonOption,
  },
  examples: [
    { command: 'secrets configure' },
    {
      command: `secrets configure --set-providers '{vault: {source: "file", path: "~/secrets.json"}}' --set-refs '{"models.providers.openai.apiKey": "file:vault:/openai"}' --plan-out plan.json`,
    },
  ],
  run: (context, _args, options) => runConfigure(context, options),
})

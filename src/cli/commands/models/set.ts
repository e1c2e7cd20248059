import { loadConfig } from '../../../config/load.js'
import { configSource } from '../../../config/source.js'
import { isTree } from '../../../config/tree.js'
import type { ValidConfig } from '../../../config/types.js'
import { GatewayError } from '../../../kernel/errors.js'
import { resolveModel } from '../../../models/catalog.js'
import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { configInvalid } from '../../config-issues.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'models.set.summary',
  args: [{ name: 'model', text: 'models.arg.model', required: true }],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'models set lmstudio/minimax-m2.5-gs32' }, { command: 'models set builtin/echo' }],
  async run(context, { model }, { dryRun }) {
    const who = await context.instance()
    const loaded = await loadConfig(configSource(who))
    if (!loaded.ok) throw configInvalid(who.paths.config, loaded.issues, context.t)
    refuseUnknown(loaded, model, (text) => context.out.note(`[openclaw] ${text}`))
    const current = loaded.config.agents?.defaults?.model
    const path = isTree(current) ? 'agents.defaults.model.primary' : 'agents.defaults.model'
    return runEdit(context, [{ op: 'set', path, value: model }], { dryRun })
  },
})

/** A typo must not end up in the config; a key that is still missing may follow. */
function refuseUnknown({ config, env }: ValidConfig, model: string, warn: (text: string) => void): void {
  try {
    resolveModel(config, model, env)
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'upstream_auth_failed') throw error
    warn(error.message)
  }
}

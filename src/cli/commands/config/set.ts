import { getPath } from '../../../config/get.js'
import { loadConfig } from '../../../config/load.js'
import { configSource } from '../../../config/source.js'
import { parseValue } from '../../../config/value.js'
import { GatewayError } from '../../../kernel/errors.js'
import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { usageError } from '../../usage.js'

/** Documented conditions, batches and builders (spec/cli.md section 1) whose subject comes later. */
const later = Object.fromEntries(
  ['expectCurrentJson', 'batchJson', 'batchFile', 'refProvider', 'refSource', 'refId', 'providerSource'].map(
    (name) => [name, { kind: 'text', value: 'value', text: 'option.unavailable', unavailable: true }] as const,
  ),
)

export default defineCommand({
  summary: 'config.set.summary',
  description: 'config.set.description',
  args: [
    { name: 'path', text: 'config.arg.path', required: true },
    { name: 'value', text: 'config.arg.value', required: true },
  ],
  options: {
    strictJson: { kind: 'flag', text: 'config.option.strictJson' },
    merge: { kind: 'flag', text: 'config.option.merge' },
    replace: { kind: 'flag', text: 'config.option.replace', hidden: true },
    dryRun: { kind: 'flag', text: 'config.option.dryRun' },
    ...jsonOption,
    ...later,
  },
  examples: [
    { command: 'config set gateway.port 19789' },
    { command: `config set agents.defaults.model '{primary: "lmstudio/minimax-m2.5-gs32"}'` },
    { command: 'config set gateway.mode local --dry-run' },
  ],
  async run(context, { path, value: text }, { strictJson, merge, replace, dryRun }) {
    if (!merge && !replace) await refuseWholeMap(context, path, text)
    if (merge && replace) throw usageError(context.t('config.set.mergeOrReplace'))
    const value = strictJson ? strict(context.t('config.set.notJson'), text) : await parseValue(path, text)
    return runEdit(context, [{ op: merge ? 'merge' : 'set', path, value }], { dryRun })
  },
})

/** Maps whose entries somebody made one by one: replacing all of them has to be said (spec/config.md section 1.7). */
const protectedMap =
  /^(agents\.(entries|defaults\.models)|models\.providers(\.[^.[]+(\.models)?)?|plugins\.entries|auth\.profiles)$/

async function refuseWholeMap({ instance, t }: CommandContext, path: string, text: string): Promise<void> {
  if (!protectedMap.test(path) || !/^\s*[{[]/.test(text)) return
  const loaded = await loadConfig(configSource(await instance()))
  const current = loaded.ok ? await getPath(loaded.config, path) : undefined
  if (current === undefined) return
  throw new GatewayError('config_write_rejected', { message: t('config.set.protected', { path }), param: path })
}

function strict(message: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw usageError(message)
  }
}

import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { failed, said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'automation',
  label: 'Gateway',
  summary:
    'Restart this gateway (restart: reason, delayMs) or read and change its config: config.get (path), config.schema.lookup (path), config.patch (raw: JSON5 to merge, null removes), config.apply (raw: the whole config). A change needs baseHash of config.get.',
  params: Type.Object({
    action: stringEnum([
      'restart',
      'config.get',
      'config.schema',
      'config.schema.lookup',
      'config.patch',
      'config.apply',
    ]),
    path: Type.Optional(Type.String({ minLength: 1, description: 'e.g. agents.defaults.model' })),
    raw: Type.Optional(Type.String({ minLength: 1, maxLength: 1_000_000 })),
    baseHash: Type.Optional(Type.String()),
    replacePaths: Type.Optional(Type.Array(Type.String(), { description: 'Lists that may lose entries' })),
    reason: Type.Optional(Type.String({ maxLength: 500 })),
    delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'default 2000' })),
    note: Type.Optional(Type.String({ maxLength: 500, description: 'Why, for the log' })),
  }),
  ownerOnly: true,
  rare: true,
  async run({ gateway }, { action, path, raw, baseHash, replacePaths = [], reason, delayMs, note }) {
    const { config } = gateway
    if (action === 'restart') {
      const ms = await gateway.restart(reason ?? note, delayMs)
      return said(`The gateway restarts in ${ms / 1000} s. End your turn now: a message tells you when it is back.`, {
        ms,
      })
    }
    if (action === 'config.get') {
      const { text, hash } = await config.read(path)
      return said(hash === undefined ? text : `${text}\n[baseHash ${hash}]`, { hash })
    }
    if (action === 'config.schema' || action === 'config.schema.lookup') {
      const found = await config.schema(path)
      return said(JSON.stringify(found), { path: path ?? '.' })
    }
    if (raw === undefined)
      return failed(`${action} needs raw: ${action === 'config.patch' ? 'what to merge' : 'the config'}.`)
    const changed = await config.change({ raw, baseHash, merge: action === 'config.patch', replacePaths, note })
    const notes = [
      changed.paths.length === 0 ? 'Nothing changed.' : `Changed: ${changed.paths.join(', ')}.`,
      ...(changed.pendingRestart ? ['It takes effect at the next start of the gateway.'] : []),
      ...changed.warnings,
      `[baseHash ${changed.hash}]`,
    ]
    return said(notes.join('\n'), { ...changed })
  },
})

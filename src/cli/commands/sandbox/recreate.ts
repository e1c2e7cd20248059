import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { usageError } from '../../usage.js'

export default defineCommand({
  summary: 'sandbox.recreate.summary',
  description: 'sandbox.recreate.description',
  options: {
    all: { kind: 'flag', text: 'sandbox.option.all' },
    session: { kind: 'text', value: 'key', text: 'sandbox.option.session' },
    agent: { kind: 'text', value: 'id', text: 'sandbox.option.agent' },
    force: { kind: 'flag', text: 'sandbox.option.force' },
    browser: { kind: 'flag', text: 'sandbox.option.browser', unavailable: true },
    ...jsonOption,
  },
  examples: [{ command: 'sandbox recreate --all' }, { command: 'sandbox recreate --agent main --force' }],
  async run(context, _args, { all, session, agent, force }) {
    const { t, out } = context
    if ([all, session !== undefined, agent !== undefined].filter(Boolean).length !== 1) {
      throw usageError(t('sandbox.oneTarget'), 'sandbox recreate --help')
    }
    const { instance, config } = await localConfig(context)
    const { localSandboxes } = await import('../../../sandbox/local.js')
    const sandboxes = localSandboxes(instance, config)
    const owner = /^agent:([^:]+):/.exec(session ?? '')?.[1]
    const name =
      session === undefined ? undefined : sandboxes.identify({ agent: owner ?? 'main', sessionKey: session }).name
    const chosen = (await sandboxes.registry.list()).filter(
      ({ containerName, agentId }) => all || containerName === name || agentId === agent,
    )
    const busy = force ? [] : chosen.filter(({ lastUsedAtMs }) => Date.now() - lastUsedAtMs < busyMs)
    const removed: string[] = []
    for (const { containerName } of chosen.filter((entry) => !busy.includes(entry))) {
      if (await sandboxes.remove(containerName)) removed.push(containerName)
    }
    const kept = busy.map(({ containerName }) => containerName)
    out.result({ ok: kept.length === 0, removed, kept }, () => [
      ...(removed.length + kept.length === 0 ? [t('sandbox.none')] : []),
      ...removed.map((one) => t('sandbox.removed', { name: one })),
      ...kept.map((one) => t('sandbox.kept', { name: one })),
    ])
    return kept.length === 0 ? 0 : 1
  },
})

/** What was used so recently may be running something. */
const busyMs = 300_000

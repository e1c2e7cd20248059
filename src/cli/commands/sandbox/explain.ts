import type { SandboxExplanation } from '../../../sandbox/explain.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { columns } from '../../text-width.js'
import { usageError } from '../../usage.js'

export default defineCommand({
  summary: 'sandbox.explain.summary',
  description: 'sandbox.explain.description',
  options: {
    session: { kind: 'text', value: 'key', text: 'sandbox.option.session' },
    agent: { kind: 'text', value: 'id', text: 'sandbox.option.agent' },
    ...jsonOption,
  },
  examples: [
    { command: 'sandbox explain' },
    { command: 'sandbox explain --session agent:main:telegram:group:42 --json' },
  ],
  async run(context, _args, { session, agent }) {
    const { instance, config } = await localConfig(context)
    const { agentRoster } = await import('../../../agents/select.js')
    const { explainHere } = await import('../../../sandbox/local.js')
    const { mainSessionKey } = await import('../../../sandbox/scope.js')
    const roster = agentRoster(config)
    const named = /^agent:([^:]+):/.exec(session ?? '')?.[1]
    const id = agent ?? named ?? roster.defaultId
    if (!roster.ids.includes(id)) throw usageError(context.t('sandbox.unknownAgent', { agent: id }), 'agents list')
    const sessionKey = session === undefined ? mainSessionKey(id) : named ? session : `agent:${id}:${session}`
    const found = await explainHere(instance, config, { agent: id, sessionKey })
    context.out.result(found, () => linesOf(context, found))
    return 0
  },
})

function linesOf(
  { t, out }: CommandContext,
  { sandbox, tools, exec, elevated, ...rest }: SandboxExplanation,
): string[] {
  const yes = (value: boolean) => t(value ? 'sandbox.yes' : 'sandbox.no')
  const refused = elevated.failures.map(({ key }) => key).join(', ')
  return [
    ...columns([
      [t('sandbox.row.agent'), rest.agentId],
      [t('sandbox.row.session'), rest.sessionKey],
      [t('sandbox.row.sandboxed'), `${yes(sandbox.sessionIsSandboxed)} (${sandbox.mode}, ${sandbox.scope})`],
      [t('sandbox.row.backend'), sandbox.backend ?? out.style(sandbox.backendConfigured, 'yellow')],
      [t('sandbox.row.workspace'), `${sandbox.workspace} (${sandbox.workspaceAccess})`],
      ...sandbox.mounts.map(({ at, folder, writable }) => ['', `${at} <- ${folder}${writable ? '' : ' (ro)'}`]),
      [t('sandbox.row.exec'), `${exec.mode} (${exec.rules.map(({ source }) => source).join(', ')})`],
      [t('sandbox.row.allow'), `${tools.allow.join(' ')} (${tools.sources.allow.key})`],
      [t('sandbox.row.deny'), `${tools.deny.join(' ')} (${tools.sources.deny.key})`],
      [t('sandbox.row.elevated'), elevated.allowed ? yes(true) : `${yes(false)} (${refused})`],
    ]),
    ...[sandbox.problem, exec.problem].filter((problem) => problem !== undefined).map((text) => out.style(text, 'red')),
    ...sandbox.remarks.map((text) => out.style(text, 'dim')),
    '',
    t('sandbox.fixIt'),
    ...rest.fixIt.map((key) => `  ${key}`),
  ]
}

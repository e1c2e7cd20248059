import type { SessionPatch } from '../../schemas/ws/sessions-patch.js'
import type { ChatCommand } from './_types.js'

const words = {
  host: { setting: 'execHost', values: ['auto', 'sandbox', 'gateway', 'node'] },
  security: { setting: 'execSecurity', values: ['deny', 'allowlist', 'full'] },
  ask: { setting: 'execAsk', values: ['off', 'on-miss', 'always'] },
  node: { setting: 'execNode', values: undefined },
} as const

const cleared = { execHost: null, execSecurity: null, execAsk: null, execNode: null }

export default {
  summary: 'Where commands of this session run, and which need an approval; it can only narrow what the config allows',
  args: '[host=auto|sandbox|gateway|node] [security=deny|allowlist|full] [ask=off|on-miss|always] [node=id], or reset',
  access: 'anyone',
  async run({ args, session, caller, services }) {
    if (args !== '') {
      if (!caller.owner) return 'Only the owner changes where commands run.'
      const patch = args.toLowerCase() === 'reset' ? cleared : patchOf(args)
      if (typeof patch === 'string') return patch
      await services.sessions.edit.patch({ key: session.key }, patch)
    }
    const row = await services.sessions.context.store.sessions.get(session.key)
    const { execHost, execSecurity, execAsk, execNode } = row?.entry ?? {}
    const { sandboxed, host, security, ask } = services.exec(session)
    const own = Object.entries({ host: execHost, security: execSecurity, ask: execAsk, node: execNode })
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
      .join(' ')
    const where = sandboxed ? 'in a sandbox' : `on ${host}`
    return `Commands run ${where}; the config says security=${security} ask=${ask}.\nThis session: ${own || 'nothing of its own'}.`
  },
} satisfies ChatCommand

/** What the words set; a text says which of them means nothing. */
function patchOf(args: string): SessionPatch | string {
  const patch: Record<string, string> = {}
  for (const word of args.split(/\s+/)) {
    const [, name = '', value = ''] = /^(\w+)[:=](\S+)$/.exec(word) ?? []
    const known = Object.hasOwn(words, name) ? words[name as keyof typeof words] : undefined
    const allowed: readonly string[] | undefined = known?.values
    if (!known || (allowed && !allowed.includes(value))) {
      return `"${word.slice(0, 40)}" means nothing to exec. Try: /exec security=allowlist ask=on-miss`
    }
    patch[known.setting] = value
  }
  return patch
}

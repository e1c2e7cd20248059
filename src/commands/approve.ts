import { GatewayError } from '../kernel/errors.js'
import type { ApprovalDecision } from '../storage/types.js'
import type { ChatCommand } from './_types.js'

const decisions: Readonly<Record<string, ApprovalDecision>> = {
  'allow-once': 'allow-once',
  once: 'allow-once',
  allow: 'allow-once',
  'allow-always': 'allow-always',
  always: 'allow-always',
  deny: 'deny',
  reject: 'deny',
}

export default {
  summary: 'Answers a question of a tool',
  args: '<id> allow-once|allow-always|deny',
  access: 'approver',
  async run({ args, caller, channel, services: { approvals } }) {
    const [wanted = '', word = ''] = args.split(/\s+/)
    const open = approvals.list()
    if (wanted === '') {
      if (open.length === 0) return 'Nothing waits for an approval.'
      return open.map(({ id, kind, request }) => `${id} (${kind}): ${String(request.command ?? '')}`).join('\n')
    }
    const decision = decisions[word.toLowerCase()]
    if (!decision) return 'Say: /approve <id> allow-once|allow-always|deny'
    const fitting = open.filter(({ id }) => id.startsWith(wanted))
    if (fitting.length > 1) throw new GatewayError('invalid_request', { message: `Several ids begin with ${wanted}.` })
    const id = fitting[0]?.id ?? wanted
    const { sender } = caller
    const resolver =
      sender?.id === undefined
        ? { kind: 'runtime' as const, id: channel }
        : { kind: 'channel' as const, id: `${channel}:${sender.id}` }
    await approvals.resolve(id, decision, { resolver })
    return `${id}: ${decision}.`
  },
} satisfies ChatCommand

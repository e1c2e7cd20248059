import { GatewayError } from '../kernel/errors.js'
import type { ExecRequest } from './gate-types.js'
import type { ExecCommand, Judgement } from './judge.js'
import { printable } from './printable.js'
import type { ExecRule } from './rules/policy.js'

/** What those who approve are shown, as `exec.approval.requested` spells it. */
export function requestOf(request: ExecRequest, judgement: Judgement, rule: ExecRule): Record<string, unknown> {
  const { asker, cwd, host, nodeId } = request
  const { text, warning } = printable(textOf(request))
  const [first] = judgement.steps ?? []
  return {
    command: text,
    commandPreview: null,
    cwd,
    envKeys: Object.keys(request.env),
    host,
    nodeId: nodeId ?? null,
    security: rule.security,
    ask: rule.ask,
    warningText: warning ?? null,
    agentId: asker.agent,
    sessionKey: asker.sessionKey ?? null,
    runId: asker.runId,
    toolCallId: asker.callId,
    resolvedPath: first?.program.realPath ?? null,
    ...asker.turnSource,
  }
}

/** The command as one line. */
export function textOf({ command }: ExecCommand): string {
  return typeof command === 'string' ? command : command.join(' ')
}

/** The rules leave no room for a question. */
export function refused({ security, source }: ExecRule, reason: string | undefined): GatewayError {
  const why = security === 'deny' ? 'commands are off' : (reason ?? 'it is not on the list')
  return new GatewayError('exec_denied', {
    message: `This command may not run: ${why} (${source}).`,
    details: { source, ...(reason !== undefined && { reason }) },
  })
}

/** The answer was no, or none. */
export function notAllowed(reason: string, seconds: number): GatewayError {
  const message =
    reason === 'timeout'
      ? `Nobody approved this command within ${seconds} s, which means no.`
      : reason === 'user'
        ? 'The command was denied. Do not try it in another form; ask what to do instead.'
        : 'The command was not approved.'
  return new GatewayError('exec_denied', { message, details: { reason } })
}

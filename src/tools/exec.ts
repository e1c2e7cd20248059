import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { finishedResult, refusedResult, runningResult } from './_exec/result.js'
import { type ExecArgs, execLimits } from './_exec/times.js'
import type { Process } from './_process/process.js'
import { defineTool, type ToolContext } from './_types.js'

export default defineTool({
  group: 'runtime',
  label: 'Run a command',
  summary:
    'Run a shell command. After yieldMs it goes on in the background, where the process tool follows it. background: servers and watchers; pty: programs that need a terminal.',
  params: Type.Object({
    command: Type.String({ minLength: 1, maxLength: 100_000 }),
    workdir: Type.Optional(Type.String({ description: 'Default: the workspace' })),
    env: Type.Optional(Type.Record(Type.String(), Type.String())),
    yieldMs: Type.Optional(Type.Number({ description: 'Default 10000' })),
    background: Type.Optional(Type.Boolean()),
    timeout: Type.Optional(Type.Number({ description: 'Seconds, default 1800' })),
    timeoutSeconds: Type.Optional(Type.Number({ description: 'The same as timeout' })),
    pty: Type.Optional(Type.Boolean()),
    host: Type.Optional(stringEnum(['auto', 'sandbox', 'gateway', 'node'])),
    node: Type.Optional(Type.String()),
    elevated: Type.Optional(Type.Boolean({ description: 'Outside the sandbox' })),
    security: Type.Optional(
      stringEnum(['deny', 'allowlist', 'full'], { description: 'Stricter than the config only' }),
    ),
    ask: Type.Optional(stringEnum(['off', 'on-miss', 'always'], { description: 'Stricter than the config only' })),
  }),
  quiet: ['timeoutSeconds', 'host', 'node', 'security', 'ask'],
  async run(context, args) {
    try {
      const process = await start(context, args)
      const { yieldMs } = execLimits(args, context.config, context.agent)
      if (args.background && context.processes.reachable) return left(process)
      const ended = await waitForEnd(process, context, context.processes.reachable ? yieldMs : undefined)
      if (!ended) return left(process)
      const { result, shown } = finishedResult(process)
      // What was shown whole need not be kept for the process tool.
      if (shown) context.processes.forget(process)
      return result
    } catch (error) {
      return refusedResult(error)
    }
  },
})

function left(process: Process) {
  process.detach()
  return runningResult(process)
}

async function start(context: ToolContext, args: ExecArgs): Promise<Process> {
  const { workdir, env, pty = false, host, node, elevated, security, ask, command } = args
  const { timeoutMs } = execLimits(args, context.config, context.agent)
  let waited = false
  const about = {
    command,
    cwd: workdir,
    sessionKey: context.sessionKey,
    runId: context.runId,
    pty,
    timeoutMs,
  }
  const request = {
    command,
    ...(workdir !== undefined && { cwd: workdir }),
    ...(env && { env }),
    pty,
    place: { host, node, elevated, security, ask },
    waits: (approval: { readonly id: string; readonly expiresAtMs: number }) => {
      waited = true
      context.progress({
        content: [{ type: 'text', text: 'Waiting for somebody to approve this command.' }],
        details: { status: 'approval-pending', approvalId: approval.id, expiresAtMs: approval.expiresAtMs, command },
      })
    },
  }
  const process = await context.processes.start(context.commands, request, about, context.signal)
  // The wait is over, also for the time limit of the turn.
  if (waited) context.progress({ content: [], details: { status: 'running', command } })
  return process
}

/** True when it has ended; false when the time to wait is over first. Shows what comes to those who watch. */
async function waitForEnd(process: Process, context: ToolContext, limitMs: number | undefined): Promise<boolean> {
  const { clock, signal } = context
  const until = limitMs === undefined ? undefined : clock.monotonic() + limitMs
  while (process.running) {
    const left = until === undefined ? 60_000 : until - clock.monotonic()
    if (left <= 0) return false
    // An abort ends the process, and that is what is waited for.
    if (signal.aborted) await process.finished
    else await process.change(left, signal).catch(() => {})
  }
  return true
}

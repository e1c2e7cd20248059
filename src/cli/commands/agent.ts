import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { thinkingLevels } from '../../../schemas/session.js'
import type { AgentResult } from '../../../schemas/ws/agent.js'
import { newRunId, runTurn } from '../agent/run-turn.js'
import { TurnStream } from '../agent/stream.js'
import { clientOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { readStdin } from '../stdin.js'
import { stopSignal } from '../stop-signal.js'
import { usageError } from '../usage.js'

/** Documented flags whose subject comes later (spec/cli.md section 5): channels, and turns without a gateway. */
const later = {
  to: { kind: 'text', value: 'target', text: 'option.unavailable', unavailable: true },
  channel: { kind: 'text', value: 'channel', text: 'option.unavailable', unavailable: true },
  deliver: { kind: 'flag', text: 'option.unavailable', unavailable: true },
  replyChannel: { kind: 'text', value: 'channel', text: 'option.unavailable', unavailable: true },
  replyTo: { kind: 'text', value: 'target', text: 'option.unavailable', unavailable: true },
  replyAccount: { kind: 'text', value: 'account', text: 'option.unavailable', unavailable: true },
  local: { kind: 'flag', text: 'option.unavailable', unavailable: true },
} as const

const maxTimeoutS = 86_400

export default defineCommand({
  summary: 'agent.summary',
  description: 'agent.description',
  options: {
    message: { kind: 'text', short: 'm', value: 'text', text: 'agent.message' },
    messageFile: { kind: 'text', value: 'file', text: 'agent.messageFile' },
    agent: { kind: 'text', value: 'id', text: 'agent.agent' },
    sessionKey: { kind: 'text', value: 'key', text: 'agent.sessionKey' },
    sessionId: { kind: 'text', value: 'id', text: 'agent.sessionId' },
    model: { kind: 'text', value: 'model', text: 'agent.model' },
    thinking: { kind: 'choice', choices: thinkingLevels, text: 'agent.thinking' },
    verbose: { kind: 'choice', choices: ['on', 'off'], text: 'option.unavailable', unavailable: true },
    stream: { kind: 'flag', text: 'agent.stream' },
    ...clientOptions,
    timeout: { kind: 'integer', value: 'seconds', min: 0, max: maxTimeoutS, text: 'agent.timeout' },
    ...later,
  },
  examples: [
    { command: 'agent --message hello' },
    { command: 'agent -m hello --session-key main --stream' },
    { command: 'agent --message-file - --json', text: 'gateway.call.example.stdin' },
  ],
  async run(context, _args, options) {
    const { out, io } = context
    const message = await readMessage(context, options)
    const { agent: agentId, sessionKey, sessionId, model, thinking, timeout } = options
    const { url, port, token, password } = options
    const params = { message, agentId, sessionKey, sessionId, model, thinking, timeout, deliver: false }
    const runId = newRunId()
    const stream = new TurnStream(out, runId)
    const stop = stopSignal(io)
    try {
      const answer = await runTurn(context, {
        params,
        flags: { url, port, token, password },
        scopes: [needsAdmin(params) ? 'operator.admin' : 'operator.write'],
        listener: options.stream ? stream.listener : {},
        stop: stop.signal,
        runId,
      })
      show(context, answer, options.stream ? stream : undefined)
      return stop.exitCode() || (answer.status === 'ok' && !answer.result.meta.aborted ? 0 : 1)
    } catch (error) {
      if (!stop.signal.aborted) throw error
      out.note(`[openclaw] ${context.t('agent.aborted')}`)
      return stop.exitCode()
    } finally {
      stop.release()
    }
  },
})

type Given = { readonly message: string | undefined; readonly messageFile: string | undefined }

async function readMessage({ io, t }: CommandContext, { message, messageFile: file }: Given): Promise<string> {
  if ((message === undefined) === (file === undefined)) throw usageError(t('agent.oneMessage'), 'agent --help')
  const text = message ?? (file === '-' ? await readStdin(io.stdin) : await readMessageFile(io.cwd, file ?? '', t))
  if (text.trim() === '') throw usageError(t('agent.emptyMessage'), 'agent --help')
  return text
}

async function readMessageFile(cwd: string, file: string, t: CommandContext['t']): Promise<string> {
  const path = resolve(cwd, file)
  return readFile(path, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error'
    throw usageError(t('agent.fileUnreadable', { path, code }))
  })
}

/** What the method asks of its caller (routes/ws/agent.ts): a session begun anew, or another model, takes an admin. */
function needsAdmin({ message, model }: { readonly message: string; readonly model: string | undefined }): boolean {
  return model !== undefined || /^\s*\/(new|reset)(\s|$)/i.test(message)
}

function show({ out, t }: CommandContext, answer: AgentResult, stream: TurnStream | undefined): void {
  const text = answer.result.payloads.map((payload) => payload.text).join('\n\n')
  if (stream && out.json) out.raw(`${JSON.stringify({ type: 'result', ...answer })}\n`)
  else if (stream) stream.end(text)
  else out.result(answer, () => (text === '' ? [] : [text]))
  if (answer.result.meta.aborted) out.note(`[openclaw] ${t('agent.aborted')}`)
  else if (text === '' && !out.json) out.note(`[openclaw] ${t('agent.silent')}`)
}

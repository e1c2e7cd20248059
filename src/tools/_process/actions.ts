import { basename } from 'node:path'
import { GatewayError } from '../../kernel/errors.js'
import { ending, facts, statusOf } from '../_exec/result.js'
import type { ToolContext, ToolResult } from '../_types.js'
import { hexBytes, keySequence, pasted } from './keys.js'
import { resultChars } from './limits.js'
import type { Process } from './process.js'
import { headAndTail, plain } from './text.js'

/** What the process tool is called with. */
export interface ProcessArgs {
  readonly sessionId?: string
  readonly timeout?: number
  readonly offset?: number
  readonly limit?: number
  readonly data?: string
  readonly eof?: boolean
  readonly keys?: readonly string[]
  readonly literal?: string
  readonly hex?: readonly string[]
}

type Action = (context: ToolContext, args: ProcessArgs) => ToolResult | Promise<ToolResult>

const maxPollMs = 30_000
const defaultLogLines = 200
/** How long a poll with news waits for the end. */
const lastWordsMs = 50

/** The actions of the process tool (spec/runtime.md 4.2). */
export const actions = {
  list: ({ processes }) => {
    const all = processes.list()
    const lines = all.map((process) => `${process.id}  ${statusOf(process)}  ${seconds(process)}  ${nameOf(process)}`)
    return say(lines.join('\n') || 'No commands are running or kept.', { processes: all.map((one) => row(one)) })
  },
  poll: async (context, args) => {
    const process = find(context, args)
    const waitMs = Math.min(Math.max(args.timeout ?? 0, 0), maxPollMs)
    if (waitMs > 0 && process.running && !process.output.hasNews) await process.change(waitMs, context.signal)
    // Last words mostly come a moment before the end: one poll tells both.
    if (waitMs > 0 && process.running) await process.change(Math.min(lastWordsMs, waitMs), context.signal)
    const news = headAndTail(plain(process.output.drain()).trimEnd(), resultChars)
    const state = process.running ? 'Still running.' : `Ended. ${ending(process) || '(exit code 0)'}`
    return say(`${news === '' ? '(no new output)' : news}\n\n${state}`, facts(process))
  },
  log: (context, { offset, limit, ...args }) => {
    const process = find(context, args)
    const lines = plain(process.output.text()).trimEnd().split('\n')
    const from = offset ?? Math.max(lines.length - (limit ?? defaultLogLines), 0)
    const shown = lines.slice(from, limit === undefined ? undefined : from + limit)
    const where = `(lines ${from} to ${from + shown.length} of ${lines.length})`
    const text = headAndTail(shown.join('\n'), resultChars)
    return say(`${text}\n\n${where}`, { ...facts(process), totalLines: lines.length, offset: from })
  },
  write: (context, args) => {
    const process = running(context, args)
    if (args.data === undefined && !args.eof) throw wrong('write needs data or eof.')
    if (args.data !== undefined) process.write(args.data)
    // A terminal has no end of input but this key.
    if (args.eof && process.about.pty) process.write('\x04')
    else if (args.eof) process.endInput()
    return sent(process, Buffer.byteLength(args.data ?? ''))
  },
  'send-keys': (context, args) => {
    const process = running(context, args)
    const keys = keySequence(args.keys ?? [])
    const bytes = args.hex && hexBytes(args.hex)
    if (keys === undefined) throw wrong(`One of these keys is not known: ${args.keys?.join(' ')}.`)
    if (args.hex && !bytes) throw wrong('hex holds pairs of hex digits.')
    const data = Buffer.concat([Buffer.from(keys), Buffer.from(args.literal ?? ''), bytes ?? Buffer.alloc(0)])
    if (data.length === 0) throw wrong('send-keys needs keys, literal or hex.')
    process.write(data)
    return sent(process, data.length)
  },
  submit: (context, args) => {
    const process = running(context, args)
    const data = `${args.data ?? ''}${process.about.pty ? '\r' : '\n'}`
    process.write(data)
    return sent(process, Buffer.byteLength(data))
  },
  paste: (context, args) => {
    const process = running(context, args)
    if (args.data === undefined) throw wrong('paste needs data.')
    const data = process.about.pty ? pasted(args.data) : args.data
    process.write(data)
    return sent(process, Buffer.byteLength(data))
  },
  kill: async (context, args) => {
    const process = find(context, args)
    if (!process.running) return say(`${process.id} had ended already. ${ending(process)}`.trim(), facts(process))
    await process.stop('killed')
    return say(`Killed ${process.id}.`, facts(process))
  },
  clear: (context, args) => {
    const process = find(context, args)
    if (process.running) throw wrong(`${process.id} is still running. Use kill or remove.`)
    context.processes.forget(process)
    return say(`Forgot ${process.id}.`, facts(process))
  },
  remove: async (context, args) => {
    const process = find(context, args)
    await process.stop('killed')
    context.processes.forget(process)
    return say(`Removed ${process.id}.`, facts(process))
  },
} satisfies Record<string, Action>

function find({ processes }: ToolContext, { sessionId }: ProcessArgs): Process {
  if (sessionId === undefined) throw wrong('sessionId is missing. The list action shows the ids.')
  return processes.get(sessionId)
}

function running(context: ToolContext, args: ProcessArgs): Process {
  const process = find(context, args)
  if (process.running) return process
  throw wrong(`${process.id} has ended. ${ending(process)}`.trim())
}

function sent(process: Process, bytes: number): ToolResult {
  return say(`Sent ${bytes} bytes to ${process.id}.`, facts(process))
}

function say(text: string, details: Readonly<Record<string, unknown>>): ToolResult {
  return { content: [{ type: 'text', text }], details }
}

function wrong(message: string): GatewayError {
  return new GatewayError('invalid_request', { message })
}

function row(process: Process): Readonly<Record<string, unknown>> {
  const { about, startedAt, endedAt, durationMs } = process
  return { ...facts(process), name: nameOf(process), command: about.command, startedAt, endedAt, durationMs }
}

function seconds({ durationMs }: Process): string {
  return `${Math.round(durationMs / 1_000)}s`
}

const maxNameChars = 60

/** The program and its first words, e.g. `npm run dev`. */
function nameOf({ about }: Process): string {
  const [program = '', ...words] = about.command.trim().split(/\s+/)
  return [basename(program), ...words.slice(0, 4)].join(' ').slice(0, maxNameChars)
}

import { appendFileSync, chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { testFolder } from './folder.js'
import { jsonLines } from './json-lines.js'

/** One start of a stand-in program, as it saw it. */
export interface ProgramCall {
  readonly argv: readonly string[]
  readonly input: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Base64 of the files that its arguments and `@` paths of its prompt name. */
  readonly files: Readonly<Record<string, string>>
  readonly pid: number
}

export interface StandIn {
  readonly folder: string
  readonly path: string
  readonly calls: readonly ProgramCall[]
  /** Replaces what it does from the next start on. */
  behave(body: string): void
}

/**
 * A real program, made of Node.js, that writes down how it was started and then does `body`: JavaScript with `call`,
 * `calls` (number of earlier ones), `say(...records)` for lines of JSON, `fs`, `folder`, and `after(flag)` for the
 * argument that follows.
 */
export function standIn(t: Pick<Test, 'teardown'>, name: string, body: string): StandIn {
  const folder = testFolder(t)
  const path = join(folder, name)
  const log = join(folder, 'calls.jsonl')
  writeFileSync(log, '')
  const behave = (next: string) => {
    writeFileSync(path, `#!${process.execPath}\n${source(folder, log, next)}`)
    chmodSync(path, 0o755)
  }
  behave(body)
  return {
    folder,
    path,
    behave,
    get calls() {
      return jsonLines<ProgramCall>(log)
    },
  }
}

/** Waits until the text is in the file, which a process writes. */
export async function fileSays(path: string, text: string): Promise<string> {
  for (;;) {
    const found = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (found.includes(text)) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Makes a marker file that a stand-in may wait for. */
export function mark(path: string): void {
  appendFileSync(path, 'x')
}

const source = (folder: string, log: string, body: string) => `
const fs = require('node:fs')
const folder = ${JSON.stringify(folder)}
const log = ${JSON.stringify(log)}
const argv = process.argv.slice(2)
const say = (...records) => process.stdout.write(records.map((one) => JSON.stringify(one) + '\\n').join(''))
const after = (flag) => argv[argv.indexOf(flag) + 1]
let input = ''
process.stdin.setEncoding('utf8').on('data', (text) => { input += text }).on('end', async () => {
  const calls = fs.readFileSync(log, 'utf8').split('\\n').length - 1
  const named = [...argv, ...[...(input + ' ' + argv.join(' ')).matchAll(/@(\\/\\S+)/g)].map((match) => match[1])]
  const there = named.filter((path) => path.startsWith('/') && fs.existsSync(path))
  const files = Object.fromEntries(there.map((path) => [path, fs.readFileSync(path).toString('base64')]))
  const call = { argv, input, cwd: process.cwd(), env: process.env, files, pid: process.pid }
  fs.appendFileSync(log, JSON.stringify(call) + '\\n')
  ${body}
})
`

/** What `claude -p --output-format stream-json` does, as far as a gateway sees it. */
export const claudeBody = `
const known = folder + '/sessions'
const resumed = argv.includes('--resume') ? after('--resume') : undefined
const ids = fs.existsSync(known) ? fs.readFileSync(known, 'utf8').split('\\n') : []
if (resumed !== undefined && !ids.includes(resumed)) {
  process.stderr.write('No conversation found with session ID: ' + resumed)
  process.exit(1)
}
const id = resumed ?? after('--session-id')
fs.appendFileSync(known, id + '\\n')
const text = 'claude heard ' + call.input
say({ type: 'system', subtype: 'init', session_id: id, tools: [] },
  { type: 'stream_event', event: { delta: { text: 'clau' } }, session_id: id },
  { type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text }] }, session_id: id },
  { type: 'result', subtype: 'success', is_error: false, result: text, session_id: id,
    usage: { input_tokens: 7, cache_read_input_tokens: 20, cache_creation_input_tokens: 3, output_tokens: 5 } })
`

/** What `codex exec --json` does. */
export const codexBody = `
const id = argv.includes('resume') ? after('resume') : 'thread-' + (calls + 1)
say({ type: 'thread.started', thread_id: id }, { type: 'turn.started' },
  { type: 'item.completed', item: { id: 'item_0', type: 'reasoning', text: 'hm' } },
  { type: 'item.completed', item: { id: 'item_1', type: 'agent_message', text: 'codex heard ' + call.input } },
  { type: 'turn.completed', usage: { input_tokens: 30, cached_input_tokens: 10, output_tokens: 4 } })
`

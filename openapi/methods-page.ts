import type { MethodTable, TableEntry } from '../routes/ws/_table.js'
import { writesPerWindow } from '../src/live/write-limit.js'
import { shapeText } from './methods-shape.js'

const intro = `# Control-plane methods

<!-- Generated from the method tables under routes/ws by \`npm run openapi\`. Do not edit. -->

Every method has two doors, with the same checks and the same result:

- **WebSocket**: \`{"type": "req", "id", "method", "params"}\` on the gateway's port, answered by
  \`{"type": "res", "id", "ok", "payload"}\` or \`{"type": "res", "id", "ok": false, "error"}\`.
- **HTTP**: \`POST /rpc/<method>\` with the params as the body and \`Authorization: Bearer <token>\`, answered by
  \`{"ok": true, "result"}\` or \`{"ok": false, "error"}\`. It stands in the OpenAPI document too.

What nodes call about themselves comes over their socket only. [Errors](errors.md) lists what a call may fail with.

- **Scope**: what the caller must hold. \`operator.admin\` implies all; \`operator.write\` implies \`operator.read\` and
  \`operator.talk\`. The shared token or password holds them all.
- **Limited**: a control-plane write, at most ${writesPerWindow} calls per minute for each method, device and address.
- **Once**: repeated calls with the same \`idempotencyKey\` within five minutes get the result of the first.
- A key with \`?\` may be absent. Unknown params are ignored. Results may get more keys in later versions.
`

/** docs/ws-methods.md, from what the doors read. */
export function methodsPage({ entries }: Pick<MethodTable, 'entries'>): string {
  const families = new Map<string, TableEntry[]>()
  for (const entry of entries.values()) families.set(entry.family, [...(families.get(entry.family) ?? []), entry])
  return [intro, ...[...families].map(([name, members]) => familyPart(name, members))].join('\n')
}

function familyPart(name: string, members: readonly TableEntry[]): string {
  return [`## ${name}\n`, ...members.map(methodPart)].join('\n')
}

function methodPart({ name, definition }: TableEntry): string {
  const { summary, description, params, result } = definition
  const text = description === undefined ? `${summary}.` : `${summary}. ${description}`
  const shapes = `params ${shapeText(params)}\nresult ${shapeText(result)}`
  return `### ${name}\n\n${text}\n\n${facts(definition)}\n\n\`\`\`text\n${shapes}\n\`\`\`\n`
}

function facts({
  scope,
  scopeFor,
  role = 'operator',
  write,
  idempotent,
  advertised,
}: TableEntry['definition']): string {
  const who = { operator: scope ? `Scope \`${scope}\`` : 'No scope', node: 'Nodes only', any: 'Anybody connected' }[
    role
  ]
  const marks = [
    scopeFor && 'some params need more',
    ...[write && 'limited', idempotent && 'once', advertised === false && 'not in `hello-ok.features`'],
  ]
  return `${[who, ...marks.filter(Boolean)].join(' · ')}.`
}

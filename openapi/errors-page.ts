import { errorTable } from '../src/kernel/errors.js'

const intro = `# Errors

<!-- Generated from src/kernel/errors.ts by \`npm run openapi\`. Do not edit. -->

Every failure has a stable code. Codes are never renamed or reused, so scripts can match on them; messages may change.

| door | shape |
|---|---|
| \`/v1/*\` and the rest of HTTP | \`{"error": {"message", "type", "param", "code"}}\`, as OpenAI's API has it; always these four keys |
| WebSocket control plane | \`{"code", "message", "details", "retryable", "retryAfterMs"}\`; its \`code\` is the column "control plane" |
| command line | the message on stderr, then the exit code; with \`--json\` an object with the code |

- **HTTP**: the status. After a stream has begun it stays 200, and the failure is an event with an \`error\` object.
- **retry**: the same call may succeed later unchanged. 429 and 503 carry \`Retry-After\` in seconds. Once a turn has
  begun the answer carries \`x-should-retry: false\`, which OpenAI's SDKs obey: a turn must not run twice on its own.
- **exit**: 1 failed, 2 wrong usage, 78 refused to start: a service manager must not retry.
- The message here is the default one; where it happens, a more precise one may stand in its place.
`

/** docs/errors.md, from the one table of errors. */
export function errorsPage(): string {
  const rows = Object.entries(errorTable).map(([code, { status, type, ws, retryable, exit, message }]) =>
    row([`\`${code}\``, String(status), type, ws, retryable ? 'yes' : 'no', String(exit), message]),
  )
  const head = row(['code', 'HTTP', 'type', 'control plane', 'retry', 'exit', 'message'])
  return `${intro}\n${[head, row(Array(7).fill('---')), ...rows].join('\n')}\n`
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}

import { usageOf } from '../help.js'
import type { CommandIndex, IndexedCommand } from './types.js'

const head = `# Command line

Made from the command definitions by \`npm run build\`; do not edit. Every command also understands \`--profile <name>\`,
\`--dev\`, \`--log-level <level>\`, \`--no-color\` and \`--help\`, at any position before \`--\`.

Exit codes: 0 fine, 1 failed or unreachable, 2 wrong usage, 78 a refusal that a service manager must not retry.
With \`--json\`, stdout holds exactly one JSON value; an error is \`{"ok":false,"error":{"type","code","message"}}\`.
`

/** docs/cli.md: every command with its arguments, options and examples. */
export function cliReference(index: CommandIndex): string {
  return [head, ...index.map(section)].join('\n')
}

function section(command: IndexedCommand): string {
  const rows = [
    ...command.args.map(({ name, required, text }) => [required ? `<${name}>` : `[${name}]`, text.en]),
    ...command.options.map(({ flag, short, value, text }) => [
      [short && `${short},`, flag, value].filter(Boolean).join(' '),
      text.en,
    ]),
  ]
  return [
    `## openclaw ${usageOf(command)}`,
    '',
    command.summary.en,
    ...(command.description ? ['', command.description.en] : []),
    ...(rows.length > 0
      ? ['', '| | |', '|---|---|', ...rows.map(([name, text]) => `| \`${cell(name ?? '')}\` | ${cell(text ?? '')} |`)]
      : []),
    ...(command.examples.length > 0
      ? ['', '```', ...command.examples.map(({ command: line }) => `openclaw ${line}`), '```']
      : []),
    '',
  ].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|')

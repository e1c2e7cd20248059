import type { Config } from '../../schemas/config/index.js'

/** `agents.defaults.cliBackends.<id>`. */
export type ProgramSettings = NonNullable<NonNullable<NonNullable<Config['agents']>['defaults']>['cliBackends']>[string]

const claude: ProgramSettings = {
  command: 'claude',
  // It says what it does while it does it, so that silence means something. None of its tools, none of its servers.
  args: [
    '-p',
    ...['--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
    ...['--tools', '', '--strict-mcp-config'],
  ],
  resumeArgs: [
    '-p',
    ...['--output-format', 'stream-json', '--verbose', '--include-partial-messages'],
    ...['--tools', '', '--strict-mcp-config'],
    ...['--resume', '{sessionId}'],
  ],
  output: 'jsonl',
  input: 'stdin',
  modelArg: '--model',
  modelAliases: {
    default: '',
    'opus-4.5': 'claude-opus-4-5',
    'opus-4.6': 'claude-opus-4-6',
    'sonnet-4.5': 'claude-sonnet-4-5',
    'sonnet-4.6': 'claude-sonnet-4-6',
    'haiku-4.5': 'claude-haiku-4-5',
  },
  sessionArg: '--session-id',
  sessionMode: 'always',
  sessionIdFields: ['session_id'],
  systemPromptFileArg: '--append-system-prompt-file',
  systemPromptWhen: 'always',
  imageArg: '@',
  // Its own login answers, not the key of the gateway; and it does not take itself for its own child.
  clearEnv: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDECODE', 'CLAUDE_CODE_ENTRYPOINT'],
  serialize: true,
}

const codex: ProgramSettings = {
  command: 'codex',
  args: ['exec', '--json', '--color', 'never', '--sandbox', 'read-only', '--skip-git-repo-check', '-'],
  resumeArgs: [
    ...['exec', '--json', '--color', 'never', '--sandbox', 'read-only', '--skip-git-repo-check'],
    ...['resume', '{sessionId}', '-'],
  ],
  output: 'jsonl',
  input: 'stdin',
  modelArg: '--model',
  modelAliases: { default: '' },
  sessionMode: 'existing',
  sessionIdFields: ['thread_id', 'session_id'],
  imageArg: '--image',
  imageMode: 'repeat',
  clearEnv: ['OPENAI_API_KEY'],
  serialize: true,
}

/** Programs that answer without being described in the config; what it says of one wins, key by key. */
export const knownPrograms: Readonly<Record<string, ProgramSettings>> = { 'claude-cli': claude, 'codex-cli': codex }

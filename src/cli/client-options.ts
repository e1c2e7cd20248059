import type { OptionDefinitions } from './define.js'

const maxTimeoutMs = 600_000

/** `--json` of every command. */
export const jsonOption = { json: { kind: 'flag', text: 'option.json' } } as const satisfies OptionDefinitions

/** Which gateway a command talks to and with what; the same on all commands (spec/cli.md 0.7). */
export const clientOptions = {
  url: { kind: 'text', value: 'url', text: 'option.url' },
  port: { kind: 'integer', value: 'port', min: 1, max: 65_535, text: 'option.clientPort' },
  token: { kind: 'text', value: 'token', text: 'option.token' },
  password: { kind: 'text', value: 'password', text: 'option.password' },
  tlsFingerprint: { kind: 'text', value: 'sha256', text: 'option.tlsFingerprint' },
  timeout: { kind: 'integer', value: 'ms', min: 1, max: maxTimeoutMs, text: 'option.timeout' },
  ...jsonOption,
} as const satisfies OptionDefinitions

/** The same for commands that call methods and wait for what they do. */
export const callOptions = {
  ...clientOptions,
  timeout: { kind: 'integer', value: 'ms', min: 1, max: maxTimeoutMs, text: 'option.callTimeout' },
} as const satisfies OptionDefinitions

import { SecretText } from '../primitives.js'
import { Type } from '../type.js'
import { choice, flag, int, mapOf, section, text, texts } from './words.js'

/** `agents.defaults.cliBackends.<id>` (spec/config.md section 11.4). */
export const cliBackend = section('A command-line program that answers turns; it has no tools.', {
  command: text('Program.'),
  args: texts('Arguments.'),
  resumeArgs: texts('Arguments when a session is continued; {sessionId} is replaced.'),
  output: choice('Form of its output.', ['text', 'json', 'jsonl']),
  resumeOutput: choice('Form of its output when continued.', ['text', 'json', 'jsonl']),
  input: choice('How it gets the prompt.', ['arg', 'stdin']),
  maxPromptArgChars: int('A longer prompt goes to stdin, in characters.'),
  modelArg: text('Argument before the model name.'),
  modelAliases: mapOf('Our model name to its name.', Type.String()),
  sessionArg: text('Argument before the session id.'),
  sessionArgs: texts('Arguments with {sessionId}.'),
  sessionMode: choice('When a session id is passed.', ['always', 'existing', 'none']),
  sessionIdFields: texts('Fields of the output that hold the session id.'),
  systemPromptArg: text('Argument before the system prompt.'),
  systemPromptFileArg: text('Argument before the path of a file with the system prompt; wins over systemPromptArg.'),
  systemPromptMode: choice('How the system prompt is used.', ['append', 'replace']),
  systemPromptWhen: choice('When the system prompt is sent.', ['first', 'always', 'never']),
  imageArg: text('Argument before an image path; "@" puts @<path> into the prompt.'),
  imageMode: choice('How several images are passed.', ['repeat', 'list']),
  env: mapOf('Environment.', SecretText()),
  clearEnv: texts('Variables that are removed.'),
  serialize: flag('Run one turn at a time.'),
  timeoutSeconds: int('Longest turn in seconds.'),
  noOutputTimeoutMs: int('Longest silence in milliseconds.'),
  enabled: flag('Offer it.'),
})

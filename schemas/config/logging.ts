import { choice, flag, int, section, text, texts } from './words.js'

const levels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const

export const logging = section('Logs.', {
  level: choice('Level of the file.', levels, 'info'),
  consoleLevel: choice('Level of the console.', levels, 'info'),
  consoleStyle: choice('Form of the console.', ['pretty', 'compact', 'json']),
  file: text(
    'One log file, without a date; ~ is the home, a relative path is in the log folder. A file a day when unset.',
  ),
  maxFileBytes: int('Bytes after which the file is set aside as .1 to .5.', { minimum: 1, default: 104_857_600 }),
  redactSensitive: choice('Redaction of tool output.', ['off', 'tools'], 'tools'),
  redactPatterns: texts('Further regular expressions that are redacted.'),
  audit: section('Audit records.', {
    enabled: flag('Write them.'),
    messages: choice('Which messages are recorded.', ['off', 'direct', 'all']),
  }),
})

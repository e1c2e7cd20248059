import { SecretText } from '../primitives.js'
import { Type } from '../type.js'
import { choice, either, flag, int, mapOf, section, sectionWith, text, texts } from './words.js'

const timeoutMs = int('Longest resolution in milliseconds.', { minimum: 1, maximum: 120_000, default: 5000 })
/** 20 MiB. */
const maxSecretBytes = 20_971_520
const absolute = '^(/|~/|[A-Za-z]:[\\\\/]|\\\\\\\\|\\$\\{)'

const env = sectionWith(
  'Environment variables.',
  { source: Type.Literal('env') },
  {
    allowlist: texts('Names that may be read; all when unset.', { maxItems: 256 }),
  },
)

const file = sectionWith(
  'A file.',
  { source: Type.Literal('file'), path: Type.String({ description: 'Path; owner-only permissions.', minLength: 1 }) },
  {
    mode: choice(
      'json: ids are JSON pointers. singleValue: the whole file, id "value".',
      ['json', 'singleValue'],
      'json',
    ),
    timeoutMs,
    maxBytes: int('Largest file in bytes.', { minimum: 1, maximum: maxSecretBytes, default: 1_048_576 }),
    allowInsecurePath: flag('Kept for old files; permissions are always checked.'),
  },
)

const exec = sectionWith(
  'A program, e.g. a password manager.',
  { source: Type.Literal('exec') },
  {
    command: text('Absolute path of the program.', { pattern: absolute }),
    args: texts('Arguments.', { maxItems: 128 }),
    timeoutMs,
    noOutputTimeoutMs: int('Longest silence in milliseconds.', { minimum: 1, maximum: 120_000 }),
    maxOutputBytes: int('Largest output in bytes.', { minimum: 1, maximum: maxSecretBytes, default: 1_048_576 }),
    jsonOnly: flag('Output must be JSON.', true),
    env: mapOf('Environment of the program.', SecretText()),
    passEnv: texts('Variables that are passed on.', { maxItems: 128 }),
    trustedDirs: texts('Folders in which the program may lie.', { maxItems: 64 }),
    allowSymlinkCommand: flag('The command may be a link into trustedDirs.', false),
    allowInsecurePath: flag('Kept for old files; permissions are always checked.'),
    pluginIntegration: section('A plugin in place of a command.', {
      pluginId: text('Plugin.'),
      integrationId: text('Integration.'),
    }),
  },
)

const store = sectionWith('The built-in store.', { source: Type.Literal('store') }, {})

/** `secrets` (spec/config.md section 5). */
export const secrets = section('Where secrets come from.', {
  defaults: section('Provider when a reference names none.', {
    env: text('For env.'),
    file: text('For file.'),
    exec: text('For exec.'),
    store: text('For store.'),
  }),
  providers: mapOf('Providers by alias.', either('One provider.', [env, file, exec, store]), '^[a-z][a-z0-9_-]{0,63}$'),
  resolution: section('Limits.', {
    maxProviderConcurrency: int('Providers asked at once.', { minimum: 1, default: 4 }),
    maxRefsPerProvider: int('References asked of one provider.', { minimum: 1, default: 512 }),
    maxBatchBytes: int('Largest request to a program in bytes.', { minimum: 1, default: 262_144 }),
  }),
})

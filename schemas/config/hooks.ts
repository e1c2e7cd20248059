import { SecretText } from '../primitives.js'
import { internalHooks } from './hook-events.js'
import { hookMapping, hookPresets } from './hook-mapping.js'
import { flag, int, list, openSection, section, text, texts } from './words.js'

/** `hooks`: turns that are started by HTTP calls. */
export const hooks = section('Inbound webhooks.', {
  enabled: flag('Serve them.', false),
  path: text('URL prefix; not "/".', {
    default: '/hooks',
    pattern: '^(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9_.~-]+)+/?$',
  }),
  token: SecretText({ description: 'Token of callers, plain text only; must differ from the gateway token.' }),
  defaultSessionKey: text('Session when the call names none; a new one for each call when absent.'),
  allowRequestSessionKey: flag('Let calls name a session.', false),
  allowedSessionKeyPrefixes: texts('How the sessions begin that calls may name; `hook:` when absent.'),
  allowedAgentIds: texts('Agents that calls may name; `*` and absent: any; none: only the default agent.'),
  maxBodyBytes: int('Largest body in bytes.', { minimum: 1, maximum: 16_777_216, default: 262_144 }),
  presets: texts(`Built-in mappings: ${hookPresets.join(', ')}.`),
  transformsDir: text('Folder of transform modules, below the state directory.', { default: 'hooks/transforms' }),
  mappings: list('Rules from calls of /hooks/<name> to what is done; the first that fits.', hookMapping),
  gmail: openSection('Gmail push.', {
    account: text('Account.'),
    pushToken: SecretText({ description: 'Token of Google.' }),
  }),
  internal: internalHooks,
})

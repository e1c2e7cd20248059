import { SecretText } from '../primitives.js'
import { flag, int, list, mapOf, openSection, section, text, texts } from './words.js'

/** `hooks`: turns that are started by HTTP calls. */
export const hooks = section('Inbound webhooks.', {
  enabled: flag('Serve them.', false),
  path: text('URL prefix; not "/".', { default: '/hooks', pattern: '^/.*[^/].*$' }),
  token: SecretText({ description: 'Token of callers, plain text only; must differ from the gateway token.' }),
  defaultSessionKey: text('Session when the call names none.'),
  allowRequestSessionKey: flag('Let calls name a session.', false),
  allowedSessionKeyPrefixes: texts('Sessions that calls may name.'),
  allowedAgentIds: texts('Agents that calls may name.'),
  maxBodyBytes: int('Largest body in bytes.'),
  presets: texts('Built-in mappings.'),
  transformsDir: text('Folder of transform modules.'),
  mappings: list(
    'Rules from a call to a turn.',
    openSection('One rule.', { id: text('Name.'), sessionKey: SecretText({ description: 'Session.' }) }),
  ),
  gmail: openSection('Gmail push.', {
    account: text('Account.'),
    pushToken: SecretText({ description: 'Token of Google.' }),
  }),
  internal: openSection('Hooks inside the gateway.', {
    enabled: flag('Run them.'),
    entries: mapOf('Hooks by name.', openSection('One hook.', { enabled: flag('Run it.') })),
  }),
})

import { choice, mapOf, openSection, section, text, texts } from './words.js'

export const auth = section('Accounts at model providers (no secrets).', {
  profiles: mapOf(
    'Profiles by id.',
    section('One profile.', {
      provider: text('Provider.'),
      mode: choice('Kind of credential.', ['api_key', 'token', 'oauth', 'aws-sdk']),
      email: text('Account.'),
      displayName: text('Name.'),
    }),
  ),
  order: mapOf('Order of profiles, by provider.', texts('Profile ids.')),
  cooldowns: openSection('Pauses after failures.', {}),
})

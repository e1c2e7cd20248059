import { knownProviders } from '../../models/known-providers.js'

/** Variables that hold keys of providers, search and channels. */
export function credentialNames(): ReadonlySet<string> {
  const models = Object.values(knownProviders).flatMap(({ keys }) => keys)
  const search = ['BRAVE_API_KEY', 'PERPLEXITY_API_KEY']
  const channels = [
    'TELEGRAM_BOT_TOKEN',
    'DISCORD_BOT_TOKEN',
    'SLACK_BOT_TOKEN',
    'SLACK_APP_TOKEN',
    'QQBOT_CLIENT_SECRET',
  ]
  return new Set([...models, ...search, ...channels])
}

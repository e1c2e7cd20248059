import { Type } from '../type.js'
import { ids } from './channel-keys.js'
import { choice, either, flag, int, mapOf, section, text } from './words.js'

export const commands = section('Chat commands.', {
  native: either('Register commands with the channel.', [Type.Boolean(), Type.Literal('auto')]),
  nativeSkills: either('Register skills with the channel.', [Type.Boolean(), Type.Literal('auto')]),
  text: flag('Read commands in plain messages.', true),
  ownerAllowFrom: ids('Owners, channel:id.'),
  ownerDisplay: choice('How owners appear in prompts.', ['raw', 'hash']),
  ownerDisplaySecret: text('Key of the hash.', { 'x-secret': true }),
  allowFrom: mapOf('Who may use commands, by channel.', ids('Ids.')),
  useAccessGroups: flag('Apply access groups.'),
  restart: flag('Offer /restart.', true),
  bash: flag('Offer /bash.', false),
  bashForegroundMs: int('How long /bash waits, in milliseconds.'),
  config: flag('Offer /config.', false),
  mcp: flag('Offer /mcp.', false),
  plugins: flag('Offer /plugins.', false),
  debug: flag('Offer /debug.', false),
})

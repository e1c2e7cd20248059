import { ids } from './channel-keys.js'
import { choice, int, mapOf, openSection, section, text, texts } from './words.js'

const reset = section('When a session starts afresh.', {
  mode: choice('daily, after a time without messages, or never.', ['daily', 'idle', 'none'], 'daily'),
  atHour: int('Hour of the daily reset.', { maximum: 23, default: 4 }),
  idleMinutes: int('Minutes without messages.', { minimum: 1 }),
})

export const dmScope = choice(
  'How direct messages share a session.',
  ['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer'],
  'main',
)

export const session = section('Sessions.', {
  scope: choice('per-sender, or one session for everything.', ['per-sender', 'global'], 'per-sender'),
  dmScope,
  identityLinks: mapOf('One person on several channels: name to ids.', ids('Ids, channel:id.')),
  reset,
  resetByType: section('Reset by kind of conversation.', { direct: reset, group: reset, thread: reset }),
  resetByChannel: mapOf('Reset by channel.', reset),
  resetTriggers: texts('Messages that reset the session.'),
  mainKey: text('Name of the main session.', { default: 'main' }),
  store: text('Kept for old files; sessions live in the database.'),
  typingMode: choice('When the typing indicator starts.', ['never', 'instant', 'thinking', 'message']),
  typingIntervalSeconds: int('How often the typing indicator is renewed, in seconds; unset: as the platform wants.'),
  agentToAgent: section('Messages between agents.', { maxPingPongTurns: int('Longest exchange.', { maximum: 5 }) }),
  sendPolicy: openSection('Where answers may go.', {}),
  maintenance: openSection('Clean-up of old sessions.', {}),
})

import { Type } from '../type.js'
import { groupChat } from './agent-keys.js'
import { ids } from './channel-keys.js'
import { choice, either, flag, int, json, mapOf, openSection, section, text, texts } from './words.js'

const reset = section('When a session starts afresh.', {
  mode: choice('daily, after a time without messages, or never.', ['daily', 'idle', 'none'], 'daily'),
  atHour: int('Hour of the daily reset.', { maximum: 23, default: 4 }),
  idleMinutes: int('Minutes without messages.', { minimum: 1 }),
})

export const session = section('Sessions.', {
  scope: choice('per-sender, or one session for everything.', ['per-sender', 'global'], 'per-sender'),
  dmScope: choice(
    'How direct messages share a session.',
    ['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer'],
    'main',
  ),
  identityLinks: mapOf('One person on several channels: name to ids.', ids('Ids, channel:id.')),
  reset,
  resetByType: section('Reset by kind of conversation.', { direct: reset, dm: reset, group: reset, thread: reset }),
  resetByChannel: mapOf('Reset by channel.', reset),
  resetTriggers: texts('Messages that reset the session.'),
  mainKey: text('Name of the main session.', { default: 'main' }),
  store: text('Kept for old files; sessions live in the database.'),
  typingMode: choice('When the typing indicator starts.', ['never', 'instant', 'thinking', 'message']),
  typingIntervalSeconds: int('How often the typing indicator is renewed, in seconds.'),
  agentToAgent: section('Messages between agents.', { maxPingPongTurns: int('Longest exchange.', { maximum: 5 }) }),
  sendPolicy: openSection('Where answers may go.', {}),
  maintenance: openSection('Clean-up of old sessions.', {}),
})

export const messages = section('Messages.', {
  groupChat,
  responsePrefix: text('Text in front of every answer; auto is the name of the agent.'),
  messagePrefix: text('Text in front of every message to the model.'),
  ackReaction: text('Emoji on receipt.'),
  ackReactionScope: choice('Where receipt is shown.', ['group-mentions', 'group-all', 'direct', 'all', 'off', 'none']),
  removeAckAfterReply: flag('Take the emoji away after the answer.', false),
  queue: section('Messages that arrive during a turn.', {
    mode: choice(
      'What happens to them.',
      ['collect', 'steer', 'followup', 'interrupt', 'steer-backlog', 'steer+backlog', 'queue'],
      'collect',
    ),
    byChannel: mapOf('Mode by channel.', Type.String()),
    debounceMs: int('Quiet time before the next turn, in milliseconds.'),
    debounceMsByChannel: mapOf('Quiet time by channel.', Type.Integer({ minimum: 0 })),
    cap: int('Most waiting messages.', { minimum: 1 }),
    drop: choice('What goes when the queue is full.', ['old', 'new', 'summarize']),
  }),
  inbound: section('Bursts.', {
    debounceMs: int('Quiet time before a burst is answered, in milliseconds.'),
    byChannel: mapOf('Quiet time by channel.', Type.Integer({ minimum: 0 })),
  }),
  suppressToolErrors: flag('Leave out warnings about failed tools.'),
  statusReactions: openSection('Reactions that show progress.', {}),
})

export const commands = section('Chat commands.', {
  native: either('Register commands with the channel.', [Type.Boolean(), Type.Literal('auto')]),
  nativeSkills: either('Register skills with the channel.', [Type.Boolean(), Type.Literal('auto')]),
  text: flag('Read commands in plain messages.', true),
  ownerAllowFrom: ids('Owners, channel:id.'),
  ownerDisplay: choice('How owners appear in prompts.', ['raw', 'hash']),
  ownerDisplaySecret: text('Key of the hash.'),
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

export const broadcast = json('One message to several agents.')

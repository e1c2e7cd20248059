import { agentIdPattern, SecretInput } from '../primitives.js'
import { Type } from '../type.js'
import { blockCoalesce } from './agent-keys.js'
import { heartbeatVisibility } from './heartbeat.js'
import { toolRules } from './tools-policy.js'
import { choice, either, flag, int, list, mapOf, openSection, optionals, section, text, texts } from './words.js'

/** Ids of people and groups. Long ones must be quoted: a number above 2^53 loses digits, which the loader refuses. */
export const ids = (description: string) => list(description, Type.Union([Type.String(), Type.Integer()]))

const dmPolicy = choice(
  'Who may write directly: pairing asks for approval, open needs "*" in allowFrom.',
  ['pairing', 'allowlist', 'open', 'disabled'],
  'pairing',
)

/** One group, guild or chat of a channel. */
const place = openSection('Settings of one group; "*" stands for all others.', {
  enabled: flag('Listen here.'),
  requireMention: flag('Answer only when mentioned.', true),
  allowFrom: ids('Senders that may write here.'),
  users: ids('Senders that may write here.'),
  systemPrompt: text('Text added to the system prompt here.'),
  historyLimit: int('Earlier messages given as context.'),
  topics: mapOf(
    'Topics by id; "*" for all others.',
    openSection('One topic; what it does not say, its group says.', {
      enabled: flag('Listen here.'),
      requireMention: flag('Answer only when mentioned.'),
      allowFrom: ids('Senders that may write here.'),
      agentId: text('Agent that answers here.', { pattern: agentIdPattern }),
    }),
  ),
  tools: toolRules,
  toolsBySender: mapOf('Rules for one sender here; they stand in for those of the group.', toolRules),
})

const growth = choice('off: nothing; partial: all so far; block: whole paragraphs; progress: which tools run.', [
  'off',
  'partial',
  'block',
  'progress',
])

/** Keys that every channel understands (spec/config.md section 2.2; the channel adds its own). */
export const channelKeys = optionals({
  enabled: flag('Start the channel.'),
  name: text('Display name.'),
  dmPolicy,
  allowFrom: ids('Senders that may write directly; "*" for all.'),
  defaultTo: either('Recipient when none is named.', [Type.String(), Type.Integer()]),
  groupPolicy: choice('Which groups may be used.', ['open', 'allowlist', 'disabled'], 'allowlist'),
  groupAllowFrom: ids('Senders (or chats) that may write in groups.'),
  groups: mapOf('Groups by id; "*" for all.', place),
  requireMention: flag('Answer in groups only when mentioned.'),
  allowBots: either('Listen to other bots; mentions: only when they mention this one.', [
    Type.Boolean(),
    Type.Literal('mentions'),
  ]),
  dangerouslyAllowNameMatching: flag(
    'Let lists name senders by user name, which its owner can give to somebody else.',
    false,
  ),
  contextVisibility: choice('Whose words are shown as context: everybody, those on the lists, or those and quotes.', [
    'all',
    'allowlist',
    'allowlist_quote',
  ]),
  historyLimit: int('Earlier group messages given as context.'),
  debounceMs: int('Quiet time before texts that follow each other are answered, in milliseconds; 0: each at once.'),
  dmHistoryLimit: int('Earlier direct messages given as context.'),
  mediaMaxMb: int('Largest file in MB.'),
  textChunkLimit: int('Longest message in characters.', { minimum: 1 }),
  chunkMode: choice(
    'length: answers are cut where they are too long. newline: each paragraph is a message of its own.',
    ['length', 'newline'],
    'length',
  ),
  replyToMode: choice('When answers quote the message.', ['off', 'first', 'all', 'batched']),
  responsePrefix: text('Text in front of every answer, with variables; auto is the name of the agent. Empty: none.'),
  messagePrefix: text('Text in front of every message to the model.'),
  streaming: either('What a chat shows of an answer while it is written, where messages can be changed.', [
    growth,
    openSection('The same as an object.', {
      mode: growth,
      block: openSection('Finished paragraphs as messages of their own.', {
        enabled: flag('Send them.'),
        coalesce: blockCoalesce,
      }),
    }),
  ]),
  blockStreaming: flag('Say answers in blocks, each a message of its own, while they are written.'),
  blockStreamingCoalesce: blockCoalesce,
  ackReaction: either('Reaction that shows that a message was heard.', [
    Type.String(),
    openSection('Reaction, and where it is shown.', {
      emoji: text('Emoji.'),
      direct: flag('In direct messages.', true),
      group: choice('In groups: to all messages, to those that speak to the bot, to none.', [
        'always',
        'mentions',
        'never',
      ]),
    }),
  ]),
  reactionLevel: text('How freely the agent reacts.'),
  errorPolicy: choice(
    'Whether a chat reads that a turn has failed: always, the same words once in a while, or never.',
    ['always', 'once', 'silent'],
    'always',
  ),
  errorCooldownMs: int('With errorPolicy once: how long the same words are not said again, in milliseconds.', {
    default: 14_400_000,
  }),
  configWrites: flag(
    'Let this file be changed from the channel: by its owner with /config set and unset, and when a group gets another id.',
    true,
  ),
  markdown: openSection('How markdown is sent.', {}),
  commands: openSection('Native commands.', {
    native: either('Register commands with the channel.', [Type.Boolean(), Type.Literal('auto')]),
  }),
  actions: mapOf('Message actions that agents may use.', Type.Unknown()),
  proxy: text('Proxy URL.'),
  heartbeatVisibility,
  healthMonitor: section('Watchdog of the connection.', { enabled: flag('Restart a dead connection.', true) }),
  defaultAccount: text('Account when none is named.'),
})

export const credential = (description: string) => SecretInput({ description })

/** A channel: the common keys, its own keys, and `accounts.<id>` with the same keys again. */
export function channel<P extends Parameters<typeof openSection>[1]>(description: string, own: P) {
  const keys = { ...channelKeys, ...optionals(own) }
  return openSection(description, { ...keys, accounts: mapOf('Further accounts.', openSection('One account.', keys)) })
}

export const allowFromUnderDm = {
  dm: openSection('Direct messages.', {
    enabled: flag('Accept them.'),
    groupEnabled: flag('Accept group direct messages.', false),
    groupChannels: texts('Group direct messages that are accepted.'),
  }),
}

import { Type } from '../type.js'
import { groupChat } from './agent-keys.js'
import { choice, flag, int, mapOf, openSection, section, text } from './words.js'

export const messages = section('Messages.', {
  groupChat,
  responsePrefix: text('Text in front of every answer, with variables; auto is the name of the agent.'),
  messagePrefix: text('Text in front of every message to the model.'),
  ackReaction: text(
    'Reaction that shows that a message was heard; unset: the emoji of the agent, else 👀. Empty: none.',
  ),
  ackReactionScope: choice(
    'Where that is shown.',
    ['group-mentions', 'group-all', 'direct', 'all', 'off', 'none'],
    'group-mentions',
  ),
  removeAckAfterReply: flag('Take the reaction away after the answer.', false),
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
  inbound: section('Texts of one person that follow each other closely; they are answered together.', {
    debounceMs: int('Quiet time before they are answered, in milliseconds. Unset: 300 on Telegram, 0 elsewhere.'),
    byChannel: mapOf('Quiet time by channel.', Type.Integer({ minimum: 0 })),
  }),
  suppressToolErrors: flag('Leave out warnings about failed tools.'),
  statusReactions: openSection('Reactions that show progress.', {}),
})

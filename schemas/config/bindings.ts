import { agentIdPattern } from '../primitives.js'
import { Type } from '../type.js'
import { dmScope } from './session.js'
import { choice, json, list, section, text, texts } from './words.js'

export const bindings = list(
  'Which agent answers where; the most specific match wins.',
  section('One rule.', {
    type: choice('Kind of rule.', ['route', 'acp'], 'route'),
    agentId: text('Agent that answers.', { pattern: agentIdPattern }),
    comment: text('Remark.'),
    match: section('Where it holds.', {
      channel: text('Channel id.'),
      accountId: text('Account, or "*".'),
      peer: section('One conversation.', {
        kind: choice('Kind of conversation.', ['direct', 'group', 'channel']),
        id: Type.Union([Type.String(), Type.Integer()], { description: 'Id of the conversation.' }),
      }),
      guildId: text('Discord server.'),
      teamId: text('Slack or Teams team.'),
      roles: texts('Discord roles.'),
    }),
    session: section('Sessions of what it routes.', { dmScope }),
    acp: json('Settings of an ACP rule.'),
  }),
)

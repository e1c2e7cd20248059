import { ids } from './channel-keys.js'
import { choice, mapOf, section } from './words.js'

export const accessGroups = mapOf(
  'Sets of senders by name; lists of senders name one as accessGroup:<name>.',
  section('One set.', {
    type: choice('What it holds.', ['message.senders']),
    members: mapOf(
      'Senders by channel; "*" for every channel.',
      ids('Ids, as the allow lists of the channel spell them.'),
    ),
  }),
)

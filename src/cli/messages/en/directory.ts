/** Texts of the commands about who and what can be written to. */
export const directory = {
  'directory.self.summary': 'Show who an account of a chat channel is on its platform.',
  'directory.peers.summary': 'List people whom an account of a chat channel can write to.',
  'directory.groups.summary': 'List groups and rooms that an account of a chat channel can write to.',
  'directory.members.summary': 'List who is in a group, where the platform tells.',
  'directory.description':
    'What stands first goes behind --target of message send. Some platforms list only a part, or nothing: then it is who wrote, who was let in, and what the config names; the last column says which.',
  'directory.option.query': 'Part of an id or a name.',
  'directory.option.limit': 'How many at most; 100 when not given.',
  'directory.option.groupId': 'The group or room, as the list shows it.',
  'directory.none': 'Nobody and nothing is known.',
  'directory.more': 'Only the first {count}. Give --query or a larger --limit.',
  'directory.source.platform': 'platform',
  'directory.source.heard': 'wrote',
  'directory.source.paired': 'paired',
  'directory.source.config': 'config',
} as const

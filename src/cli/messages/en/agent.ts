/** Texts of the commands that let agents speak, and of their sessions. */
export const agent = {
  'agent.summary': 'Say something to an agent and print its answer.',
  'agent.description':
    'One turn on the running gateway; Ctrl-C ends it. A connection that breaks off is made anew and the turn goes on. With --json --stream each line of stdout is one JSON object.',
  'agent.message': 'What to say.',
  'agent.messageFile': 'Read it from this file; - is standard input.',
  'agent.agent': 'The agent; the default one when not given.',
  'agent.sessionKey': 'The session: main, a name of your own, or agent:<id>:<name>.',
  'agent.sessionId': 'The session by the id of its transcript.',
  'agent.model': 'Model of this turn, as <provider>/<model>.',
  'agent.thinking': 'How hard the model thinks in this turn.',
  'agent.stream': 'Print the answer while it is being made.',
  'agent.timeout': 'Limit of the turn in seconds; 0: none. When not given, that of the config.',
  'agent.oneMessage': 'Give the message with --message or with --message-file.',
  'agent.emptyMessage': 'The message is empty.',
  'agent.fileUnreadable': 'Cannot read {path} ({code}).',
  'agent.lost': 'The connection broke off; the turn goes on. Connecting again.',
  'agent.aborted': 'The turn was stopped.',
  'agent.silent': 'The agent said nothing.',
} as const

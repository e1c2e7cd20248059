/** Texts of the commands that call methods of the control plane. */
export const control = {
  'gateway.call.summary': 'Call a method of the control plane and print its result.',
  'gateway.call.description': 'docs/ws-methods.md lists the methods. With --json, stdout holds the bare result.',
  'gateway.call.method': 'Name of the method, such as sessions.list.',
  'gateway.call.params': 'Params as one JSON value; - reads them from standard input.',
  'gateway.call.expectFinal': 'Wait for the final answer of a method that first says "accepted".',
  'gateway.call.example.stdin': 'params from standard input',
  'gateway.call.heading': 'Gateway call: {method}',
  'gateway.call.notJson': '--params must be valid JSON. {why}',

  'logs.summary': 'Show the log of the gateway, or follow it.',
  'logs.description':
    'A gateway that is down is read from its log file. With --json each line of stdout is one JSON object.',
  'logs.follow': 'Go on until Ctrl-C; comes back by itself after a restart of the gateway.',
  'logs.limit': 'Lines; 200 when not given.',
  'logs.maxBytes': 'Most bytes that are read at once; 250000 when not given.',
  'logs.interval':
    'With --follow: least milliseconds between two questions to a gateway that cannot wait by itself; 1000 when not given.',
  'logs.plain': 'No colours.',
  'logs.utc': 'Times in UTC.',
  'logs.localTime': 'Times of this machine, as without it.',
  'logs.file': 'Log file: {file}',
  'logs.fromFile': 'This is the end of its log file:',
  'logs.reset': 'The log goes on in {file}.',
  'logs.skipped': '{bytes} bytes were left out.',
  'logs.lost': '{why} Waiting for the gateway to come back.',
  'logs.back': 'The gateway is back.',
} as const

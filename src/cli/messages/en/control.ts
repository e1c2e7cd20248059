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
} as const

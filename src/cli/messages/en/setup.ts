/** Texts of `openclaw setup`. */
export const setup = {
  'setup.summary': 'Write config, workspace and token, so that the gateway can start.',
  'setup.description':
    'Safe to repeat: what is there stays. Asks on a terminal where nothing is configured yet, or when an option of onboard is given; otherwise it asks nothing.',
  'setup.option.workspace': 'Folder in which the agents work.',
  'setup.option.port': 'Base port of the profile; keep profiles 120 apart.',
  'setup.option.bind': 'Where the gateway listens.',
  'setup.option.auth': 'How callers prove themselves.',
  'setup.option.token': 'Token to use instead of a generated one.',
  'setup.option.password': 'Password to use instead of a token.',
  'setup.option.mode': 'local: run a gateway here. remote: use another one.',
  'setup.option.remoteUrl': 'Address of the remote gateway, for example wss://gateway.example.com.',
  'setup.option.remoteToken': 'Token of the remote gateway.',
  'setup.option.remotePassword': 'Password of the remote gateway.',
  'setup.option.embedded': 'Use the embedded model and open the OpenAI-compatible endpoints.',
  'setup.option.baseline': 'Config and workspace only: no port, no token.',

  'setup.option.suppressToken': 'Do not print a generated token; it is in the config.',
  'setup.option.compatible': 'Accepted for scripts written for the official setup.',
  'setup.example.embedded': 'try it out: no key, no network',
  'setup.remoteNeedsMode': 'The --remote options need --mode remote.',
  'setup.done': 'The profile is ready.',
  'setup.nothing': 'The profile was ready already; nothing was changed.',
  'setup.newToken': 'Gateway token (shown once): {token}',
  'setup.tokenKept': 'It is kept in {path}, readable by you only.',
  'setup.overlap':
    'The port is only {distance} away from {port} of profile "{profile}"; their browser ports overlap. Port {suggestion} would not.',
  'setup.next': 'Next: {command}',
} as const

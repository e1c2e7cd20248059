import { models } from './models.js'

/** Texts of the frame: help, usage errors, options that many commands share, completion. */
export const common = {
  ...models,
  'help.tagline': 'self-hosted AI-agent gateway',
  'help.usage': 'Usage',
  'help.command': 'command',
  'help.options': 'options',
  'help.optionsTitle': 'Options',
  'help.arguments': 'Arguments',
  'help.commands': 'Commands',
  'help.examples': 'Examples',
  'help.globalOptions': 'Options of every command',
  'help.firstSteps': 'First steps',
  'help.step.setup': 'write config, workspace and token',
  'help.step.gateway': 'start the gateway in the foreground',
  'help.step.status': 'see whether all is well',
  'help.more': 'More about a command: {command}',

  'root.profile': 'Use this profile: its own config, state, ports and service.',
  'root.dev': 'The same as --profile dev.',
  'root.logLevel': 'How much is logged.',
  'root.noColor': 'No colours; NO_COLOR does the same.',
  'root.help': 'Show help.',
  'root.version': 'Show the version.',

  'usage.unknownCommand': 'OpenClaw does not know the command "{name}".',
  'usage.unknownOption': 'OpenClaw does not recognize the option {option}.',
  'usage.didYouMean': 'Did you mean "{meant}"?',
  'usage.optionFirst': 'A command must come before {option}.',
  'usage.missingValue': '{option} requires a value.',
  'usage.badValue': 'The value of {option} does not fit. {why}',
  'usage.integer': 'Give a whole number from {min} to {max}.',
  'usage.choice': 'Use one of: {choices}.',
  'usage.missing': 'The argument <{name}> is missing.',
  'usage.extra': 'The argument "{argument}" is one too many.',
  'usage.notAvailable': '{option} is not available in this version.',

  'failure.try': 'Try: {command}',
  'failure.unexpected': 'The command failed unexpectedly: {why}',
  'failure.debug': 'Set OPENCLAW_DEBUG=1 to see where.',

  'option.json': 'Print one JSON value and nothing else.',
  'option.url': 'Address of the gateway; needs --token or --password of its own.',
  'option.clientPort': 'Port of a gateway on this machine.',
  'option.token': 'Token for the gateway.',
  'option.password': 'Password for the gateway.',
  'option.tlsFingerprint': 'SHA-256 of the certificate to insist on, for wss:// addresses.',
  'option.timeout': 'Longest wait in milliseconds; 2000 when not given.',
  'option.callTimeout':
    'Longest wait in milliseconds; when not given, 2000 for the connection and 30000 for the answer.',
  'option.unavailable': 'Not available in this version.',

  'client.remoteWithoutUrl': 'gateway.mode is "remote", but gateway.remote.url is not set: the local gateway is asked.',

  'completion.summary': 'Print or install tab completion for the shell.',
  'completion.description': 'Without --install the script goes to standard output.',
  'completion.option.shell': 'The shell; taken from SHELL when not given.',
  'completion.option.install':
    'Write the script into the state directory and load it from the start-up file of the shell.',
  'completion.option.writeState': 'Write the scripts of all shells into the state directory.',
  'completion.example.print': 'print the script',
  'completion.example.install': 'install it for the current shell',
  'completion.whichShell': 'Which shell? Give --shell bash, zsh, fish or powershell.',
  'completion.installed': 'Completion is installed in {file}. Open a new shell to use it.',
  'completion.alreadyInstalled': 'Completion was installed in {file} already; the script is up to date.',
} as const

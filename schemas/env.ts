import { delimiter } from 'node:path'
import { stringEnum } from './primitives.js'
import { type Static, Type } from './type.js'

/**
 * The only list of `OPENCLAW_*` variables. `env-schema` parses by it (src/instance/env-vars.ts). A blank value,
 * "undefined" and "null" mean that the variable is not set (spec/config.md 1.1).
 */
export const envSchema = Type.Object({
  // Who am I: read before anything else, never from a `.env` file.
  OPENCLAW_PROFILE: text('Profile name; the same as --profile. "default" is the profile without a name.'),
  OPENCLAW_HOME: text('Folder that stands for the home directory. Default: HOME, then USERPROFILE.'),
  OPENCLAW_STATE_DIR: text('State directory. Default: ~/.openclaw, or ~/.openclaw-<profile>.'),
  OPENCLAW_CONFIG_PATH: text('Config file. Default: <state>/openclaw.json.'),
  OPENCLAW_WORKSPACE_DIR: text('Workspace of the default agent. Default: ~/.openclaw/workspace[-<profile>].'),
  // The listener and its clients.
  OPENCLAW_GATEWAY_PORT: text('Port: a number, host:port or [v6]:port. Loses to --port, wins over gateway.port.'),
  OPENCLAW_GATEWAY_BIND: choice(
    ['loopback', 'lan', 'tailnet', 'auto', 'custom'],
    'Bind mode when neither --bind nor gateway.bind is given; for container images.',
  ),
  OPENCLAW_GATEWAY_TOKEN: text('Gateway token.'),
  OPENCLAW_GATEWAY_PASSWORD: text('Gateway password.'),
  OPENCLAW_GATEWAY_URL: text(
    'URL of the gateway that the CLI talks to; goes with credentials of the environment only.',
  ),
  OPENCLAW_ALLOW_MULTI_GATEWAY: flag('Skips the lock per config file; the lock per state directory stays.'),
  OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: flag(
    'Lets clients use plain ws:// to a host name outside the known private ranges.',
  ),
  OPENCLAW_HANDSHAKE_TIMEOUT_MS: Type.Optional(
    Type.Integer({ minimum: 100, maximum: 120_000, description: 'Time a WebSocket client has to connect, in ms.' }),
  ),
  // Config.
  OPENCLAW_CONFIG_READONLY: flag('Refuses every write to the config.'),
  OPENCLAW_NIX_MODE: flag('The same as OPENCLAW_CONFIG_READONLY.'),
  OPENCLAW_INCLUDE_ROOTS: Type.Optional(
    Type.Unsafe<readonly string[]>(
      Type.String({ separator: delimiter, description: 'More folders that $include may read from, as a path list.' }),
    ),
  ),
  OPENCLAW_LOAD_SHELL_ENV: flag('Imports missing variables from the login shell.'),
  // What is seen.
  OPENCLAW_LOG_LEVEL: choice(
    ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'],
    'Log level of file and console; wins over the config.',
  ),
  OPENCLAW_SKIP_CRON: flag('Runs no scheduled jobs; they can be read, changed and run by hand.'),
  OPENCLAW_DEBUG: flag('Prints stack traces of failed commands.'),
  // Service names; each default is derived from the profile.
  OPENCLAW_SYSTEMD_UNIT: text('Name of the systemd user unit.'),
  OPENCLAW_LAUNCHD_LABEL: text('Label of the launchd agent.'),
  OPENCLAW_WINDOWS_TASK_NAME: text('Name of the scheduled task.'),
})

/** The variables that are set, parsed. */
export type EnvVariables = Static<typeof envSchema>
export type EnvName = keyof EnvVariables

function text(description: string) {
  return Type.Optional(Type.String({ description }))
}

function flag(description: string) {
  return Type.Optional(Type.Boolean({ description: `${description} 1, true, yes, on or 0, false, no, off.` }))
}

function choice<const T extends readonly string[]>(values: T, description: string) {
  return Type.Optional(stringEnum(values, { description }))
}

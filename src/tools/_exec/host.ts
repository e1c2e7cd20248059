import { stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { GatewayError } from '../../kernel/errors.js'
import type { CommandHost, CommandRequest, RunningCommand } from '../_commands.js'
import { checkVariables, inheritedVariables, withPath } from './environment.js'
import { inTerminal, terminalShell } from './pty.js'
import { startProgram } from './start.js'

export interface GatewayHostOptions {
  /** Where commands run that name no folder. */
  readonly workspace: string
  /** The gateway's environment; commands get little of it (environment.ts). */
  readonly env: Readonly<Record<string, string | undefined>>
  /** `tools.exec.inheritEnv`. */
  readonly inheritEnv?: readonly string[]
  /** `tools.exec.pathPrepend`. */
  readonly pathPrepend?: readonly string[]
}

/** Runs commands as the user of the gateway, without asking anybody: what may run is decided before. */
export function gatewayHost(options: GatewayHostOptions): CommandHost {
  return { kind: 'gateway', start: (request) => startOnGateway(options, request) }
}

/** Starts one command; `check` runs at the last moment, with nothing between it and the start. */
export async function startOnGateway(
  options: GatewayHostOptions,
  request: CommandRequest,
  check: () => void = () => {},
): Promise<RunningCommand> {
  const cwd = await folderOf(options.workspace, request.cwd)
  const argv = argvOf(request)
  const [file = '', ...args] = request.pty ? inTerminal(argv) : argv
  const env = { ...gatewayVariables(options, request.env), ...(request.pty && terminalShell) }
  check()
  return startProgram({ file, args, cwd, env, signal: request.signal })
}

/** What a command on the gateway's host sees. Throws `exec_denied`. */
export function gatewayVariables(
  { env, inheritEnv, pathPrepend }: Pick<GatewayHostOptions, 'env' | 'inheritEnv' | 'pathPrepend'>,
  given: CommandRequest['env'],
): Record<string, string> {
  const base = inheritedVariables(env, inheritEnv)
  const path = withPath(base.PATH, pathPrepend)
  return { ...base, ...checkVariables(given).env, PATH: path, OPENCLAW_SHELL: 'exec' }
}

/** The argument list: a line goes to the system's shell. */
export function argvOf({ command }: Pick<CommandRequest, 'command'>): readonly string[] {
  return typeof command === 'string' ? ['/bin/sh', '-c', command] : command
}

/** The folder of a call. Throws `exec_failed` when it is none. */
export async function folderOf(workspace: string, cwd: string | undefined): Promise<string> {
  const folder = cwd === undefined || isAbsolute(cwd) ? (cwd ?? workspace) : resolve(workspace, cwd)
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory()) return folder
  throw new GatewayError('exec_failed', {
    message: `The working directory ${folder} ${found ? 'is not a folder' : 'does not exist'}. Leave out workdir, or name a folder that is there.`,
  })
}

import { chown, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { GatewayError } from '../../kernel/errors.js'
import { markerName } from '../../kernel/process-tree.js'
import type { CommandRequest, RunningCommand } from '../../tools/_commands.js'
import { checkVariables } from '../../tools/_exec/environment.js'
import { argvOf } from '../../tools/_exec/host.js'
import { inTerminal, terminalShell } from '../../tools/_exec/pty.js'
import { startProgram } from '../../tools/_exec/start.js'
import { insideFolder } from '../inside-folder.js'
import { findProgram, type Ran, run } from '../program.js'
import type { SandboxBackend, SandboxSpec } from '../types.js'
import { createArgs, defaultImage } from './argv.js'

type Variables = Readonly<Record<string, string | undefined>>

/** What the command line needs of the gateway's environment to find its daemon; commands inside see none of it. */
const passed = /^(?:PATH|HOME|XDG_RUNTIME_DIR|XDG_CONFIG_HOME|DOCKER_[A-Z_]+|CONTAINER_[A-Z_]+|SSH_AUTH_SOCK)$/
const createLimitMs = 120_000
/** How long an answer of the daemon is believed. */
const fineMs = 60_000

/** Ends every process of the container that carries the mark; sh, tr, grep and kill are all it needs. */
const killScript = `for p in /proc/[0-9]*; do
  if tr '\\0' '\\n' <"$p/environ" 2>/dev/null | grep -qx "$1"; then kill "-$2" "\${p#/proc/}" 2>/dev/null; fi
done; exit 0`

/** Sandboxes by the command line of Docker or Podman: one container each, commands by `exec`. */
export class DockerBackend implements SandboxBackend {
  readonly name: 'docker' | 'podman'
  readonly #program: string | undefined
  readonly #env: Readonly<Record<string, string>>

  #fineUntil = Number.NEGATIVE_INFINITY

  constructor(name: 'docker' | 'podman', env: Variables) {
    this.name = name
    this.#program = findProgram(name, env.PATH)
    this.#env = Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && passed.test(entry[0])),
    )
  }

  async problem(): Promise<string | undefined> {
    if (performance.now() < this.#fineUntil) return undefined
    if (this.#program === undefined) return `${this.name} is not installed or not in PATH.`
    const { code, stderr } = await this.#cli(['version', '--format', '{{.Server.Version}}'], 10_000)
    if (code !== 0) return `The ${this.name} daemon does not answer: ${words(stderr)}`
    this.#fineUntil = performance.now() + fineMs
    return undefined
  }

  async remarks(): Promise<readonly string[]> {
    return []
  }

  /** Starts the container when it is there and stopped. */
  async exists(name: string): Promise<boolean> {
    const { code, stdout } = await this.#cli(['inspect', '--format', '{{.State.Running}}', name])
    if (code !== 0) return false
    if (stdout.trim() !== 'true') await this.#must(['start', name], 'could not be started')
    return true
  }

  async create(spec: SandboxSpec): Promise<void> {
    const problem = await this.problem()
    if (problem !== undefined) throw unavailable(problem)
    const { docker } = spec.settings
    const image = docker.image ?? defaultImage
    const envFile = join(spec.layout.folder, 'create.env')
    const args = createArgs(spec, { user: await this.#user(spec), envFile })
    if ((await this.#cli(['image', 'inspect', '--format', '{{.Id}}', image])).code !== 0) {
      throw unavailable(
        `The image ${image} is missing. Build or pull it (${this.name} build -t ${image} ., ${this.name} pull ${image}), or name another in sandbox.docker.image.`,
      )
    }
    try {
      // A file, and not arguments: they would be seen by every user of the machine.
      await writeFile(envFile, envLines({ LANG: 'C.UTF-8', ...docker.env }), { mode: 0o600 })
      await this.#must(args, 'could not be created', createLimitMs)
    } finally {
      await rm(envFile, { force: true })
    }
    await this.#must(['start', spec.name], 'could not be started')
  }

  async start(spec: SandboxSpec, request: CommandRequest): Promise<RunningCommand> {
    const cwd = await insideFolder(spec.layout, request.cwd)
    const { env } = checkVariables(request.env)
    const command = request.pty ? inTerminal(argvOf(request), true) : argvOf(request)
    const own = { OPENCLAW_SHELL: 'exec', ...(request.pty && terminalShell) }
    const variables = Object.entries({ ...env, ...own }).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    return startProgram({
      file: this.#program ?? this.name,
      // The mark comes from the environment of the command line.
      args: ['exec', '-i', '-w', cwd, ...variables, '--env', markerName, spec.name, ...command],
      cwd: '/',
      env: this.#env,
      signal: request.signal,
      endElsewhere: async ({ marker, graceMs, exit }) => {
        await this.#signal(spec.name, marker, 'TERM')
        await Promise.race([exit, sleep(graceMs)])
        await this.#signal(spec.name, marker, 'KILL')
      },
    })
  }

  async remove(name: string): Promise<void> {
    if (this.#program !== undefined) await this.#cli(['rm', '--force', '--volumes', name], createLimitMs)
  }

  #signal(name: string, marker: string, signal: 'TERM' | 'KILL'): Promise<Ran> {
    return this.#cli(['exec', name, '/bin/sh', '-c', killScript, 'sh', `${markerName}=${marker}`, signal])
  }

  /** Whoever the gateway is, so that the workspace fits; for root the usual user, who then gets the private folder. */
  async #user({ layout, settings }: SandboxSpec): Promise<string> {
    const [uid = 0, gid = 0] = [process.getuid?.(), process.getgid?.()]
    if (uid !== 0) return `${uid}:${gid}`
    if (settings.docker.user === undefined) await chown(join(layout.folder, 'workspace'), 1000, 1000)
    return '1000:1000'
  }

  async #must(args: readonly string[], what: string, timeoutMs?: number): Promise<void> {
    const { code, stderr } = await this.#cli(args, timeoutMs)
    if (code !== 0) throw unavailable(`The sandbox ${what}: ${words(stderr)}`)
  }

  #cli(args: readonly string[], timeoutMs = 30_000): Promise<Ran> {
    return run(this.#program ?? this.name, args, { env: this.#env, timeoutMs })
  }
}

function envLines(env: Readonly<Record<string, string>>): string {
  const broken = Object.entries(env).find(([name, value]) => /[\n\r\0]/.test(name + value))
  if (broken) throw new GatewayError('sandbox_refused', { message: `docker.env.${broken[0]} holds a line break.` })
  return Object.entries(env)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function words(stderr: string): string {
  return stderr.trim().slice(0, 500) || 'it said nothing'
}

function unavailable(message: string): GatewayError {
  return new GatewayError('sandbox_unavailable', { message })
}

import { existsSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GatewayError } from '../../kernel/errors.js'
import type { CommandRequest, RunningCommand } from '../../tools/_commands.js'
import { checkVariables } from '../../tools/_exec/environment.js'
import { argvOf } from '../../tools/_exec/host.js'
import { inTerminal, terminalShell } from '../../tools/_exec/pty.js'
import { startProgram } from '../../tools/_exec/start.js'
import { insideFolder } from '../inside-folder.js'
import { findProgram, run } from '../program.js'
import type { SandboxBackend, SandboxSpec } from '../types.js'
import { type BwrapFeatures, bwrapArgs, sandboxHome } from './argv.js'
import { type LimitMeans, limitedBy, limitMeans, unlimited } from './limits.js'
import { whyNot } from './why-not.js'

interface Machine {
  readonly bwrap: string
  readonly features: BwrapFeatures
  readonly limits: LimitMeans
}

type Found = { readonly machine: Machine } | { readonly problem: string }

/**
 * Sandboxes by bubblewrap: nothing runs between commands, each gets new namespaces around the same folders. What a
 * sandbox keeps is its private workspace and its home.
 */
export class BubblewrapBackend implements SandboxBackend {
  readonly name = 'bubblewrap'
  readonly #path: string | undefined
  #found: Promise<Found> | undefined

  constructor(path: string | undefined) {
    this.#path = path
  }

  async problem(): Promise<string | undefined> {
    const found = await this.#look()
    return 'problem' in found ? found.problem : undefined
  }

  async remarks(): Promise<readonly string[]> {
    const found = await this.#look()
    return 'machine' in found ? unlimited(found.machine.limits) : []
  }

  async exists(_name: string, folder: string): Promise<boolean> {
    return existsSync(join(folder, 'home'))
  }

  async create({ layout, settings }: SandboxSpec): Promise<void> {
    await this.#machine()
    const { network = 'none' } = settings.docker
    if (network !== 'none') {
      throw new GatewayError('sandbox_refused', {
        message: `bubblewrap has no network but that of the host, so "${network}" is refused. Set sandbox.docker.network to "none", or sandbox.backend to "docker".`,
      })
    }
    const [uid = '1000', gid = uid] = (settings.docker.user ?? '1000:1000').split(':')
    const files = {
      passwd: `agent:x:${uid}:${gid}:agent:${sandboxHome}:/bin/sh\n`,
      group: `agent:x:${gid}:\n`,
      hosts: '127.0.0.1 localhost\n::1 localhost\n',
    }
    const etc = join(layout.folder, 'etc')
    await mkdir(etc, { recursive: true, mode: 0o700 })
    for (const [name, text] of Object.entries(files)) await writeFile(join(etc, name), text)
    await mkdir(join(layout.folder, 'home'), { recursive: true, mode: 0o700 })
  }

  async start(spec: SandboxSpec, request: CommandRequest): Promise<RunningCommand> {
    const { bwrap, features, limits } = await this.#machine()
    const cwd = await insideFolder(spec.layout, request.cwd)
    const command = request.pty ? inTerminal(argvOf(request), true) : argvOf(request)
    const [file = '', ...args] = [
      ...limitedBy(limits, spec.settings.docker),
      bwrap,
      ...bwrapArgs(spec, { cwd, command, features }),
    ]
    // The programs that make the sandbox see these too: what chooses code is refused, from the config as from a call.
    const { PATH = `${sandboxHome}/.local/bin:/usr/local/bin:/usr/bin:/bin`, ...more } = spec.settings.docker.env ?? {}
    const env = {
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      ...checkVariables(more).env,
      ...checkVariables(request.env).env,
      PATH,
      HOME: sandboxHome,
      OPENCLAW_SHELL: 'exec',
      ...(request.pty && terminalShell),
    }
    return startProgram({ file, args, cwd: '/', env, signal: request.signal })
  }

  /** The private workspace stays: it is data. The home is what setupCommand and programs have filled. */
  async remove(_name: string, folder: string): Promise<void> {
    for (const part of ['home', 'etc']) await rm(join(folder, part), { recursive: true, force: true })
  }

  async #machine(): Promise<Machine> {
    const found = await this.#look()
    if ('machine' in found) return found.machine
    throw new GatewayError('sandbox_unavailable', { message: found.problem })
  }

  /** Looked up once; a machine that cannot is asked again, since somebody may have followed the advice. */
  async #look(): Promise<Found> {
    this.#found ??= this.#probe()
    const found = await this.#found
    if ('problem' in found) this.#found = undefined
    return found
  }

  async #probe(): Promise<Found> {
    const bwrap = findProgram('bwrap', this.#path)
    if (bwrap === undefined) return { problem: whyNot('') }
    const help = await run(bwrap, ['--help'])
    const text = help.stdout + help.stderr
    const features = { size: text.includes('--size'), disableUserns: text.includes('--disable-userns') }
    const trial = ['--unshare-all', '--unshare-user', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev']
    const { code, stderr } = await run(bwrap, [...trial, '--', '/bin/sh', '-c', 'exit 0'])
    if (code !== 0) return { problem: whyNot(stderr) }
    return { machine: { bwrap, features, limits: await limitMeans(this.#path) } }
  }
}

import { GatewayError } from '../kernel/errors.js'
import { filesOf } from './identity.js'
import type { ExecCommand, Judgement } from './judge.js'
import { filesNamed } from './named-files.js'
import { identityOf, statOf } from './shell/executable.js'

/**
 * The folder and the files of a command as they were when it was judged. Minutes may pass until somebody approves it,
 * and an agent could use them to put another program in the place of the one that was shown.
 */
export class Frozen {
  readonly #files: ReadonlyMap<string, string>
  readonly #folder: string
  readonly #folderIdentity: string

  private constructor(files: ReadonlyMap<string, string>, folder: string) {
    this.#files = files
    this.#folder = folder
    this.#folderIdentity = folderIdentity(folder)
  }

  static of(command: ExecCommand, { steps, cwd }: Judgement, home: string): Frozen {
    if (steps) return new Frozen(filesOf(steps, cwd), cwd)
    return new Frozen(filesNamed(command, home), command.cwd)
  }

  /** Throws `exec_denied` when something is not what it was. */
  check(): void {
    for (const [path, identity] of this.#files) if (identityOf(path) !== identity) throw changed(path)
    if (folderIdentity(this.#folder) !== this.#folderIdentity) throw changed(this.#folder)
  }
}

function folderIdentity(folder: string): string {
  const facts = statOf(folder)
  return facts ? `${facts.dev} ${facts.ino}` : ''
}

function changed(path: string): GatewayError {
  return new GatewayError('exec_denied', {
    message: `${path} has changed since the command was judged, so it was not run. Ask again.`,
    details: { reason: 'changed', path },
  })
}

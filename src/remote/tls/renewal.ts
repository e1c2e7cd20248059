import { FileWatcher } from '../../config/file-watcher.js'
import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import type { Logger } from '../../kernel/logger.js'
import type { TlsFiles } from './files.js'
import type { LoadedTls } from './load.js'

/** Certificate and key are two files, written one after the other. In milliseconds. */
const settleMs = 500

export interface RenewalInput {
  readonly clock: Clock
  readonly log: Pick<Logger, 'info' | 'error'>
  /** Fingerprint of what is shown now; undefined while no TLS is served. */
  readonly current: () => string | undefined
  readonly apply: (next: LoadedTls) => Promise<void>
}

/**
 * Follows certificate and key on the disk. A new pair is shown from the next connection on; one that cannot be used, or
 * has run out, changes nothing and is reported.
 */
export class TlsRenewal {
  readonly #input: RenewalInput
  readonly #watcher: FileWatcher
  #files: TlsFiles | undefined
  #cancel: () => void = () => {}
  #work: Promise<void> = Promise.resolve()
  #reported = ''

  constructor(input: RenewalInput) {
    this.#input = input
    this.#watcher = new FileWatcher(input.clock, () => this.#changed())
  }

  /** Follows these files from now on; undefined: none. */
  async follow(files: TlsFiles | undefined): Promise<void> {
    this.#files = files
    await this.#watcher.follow(files ? [files.cert, files.key, ...(files.clientCa ? [files.clientCa] : [])] : [])
  }

  async close(): Promise<void> {
    this.#files = undefined
    this.#cancel()
    this.#watcher.close()
    await this.#work
  }

  #changed(): void {
    this.#cancel()
    this.#cancel = this.#input.clock.after(settleMs, () => {
      this.#work = this.#work.then(() => this.#reload())
    })
  }

  async #reload(): Promise<void> {
    const { log, clock, current, apply } = this.#input
    const files = this.#files
    if (!files || current() === undefined) return
    try {
      const { loadTls } = await import('./load.js')
      const next = await loadTls({ ...files, autoGenerate: false }, { nowMs: clock.now() })
      if (next.fingerprint === current()) return
      if (next.expiresAt.getTime() <= clock.now()) {
        const message = `${files.cert} ran out on ${next.expiresAt.toISOString()}.`
        throw new GatewayError('tls_misconfigured', { message })
      }
      await apply(next)
      this.#reported = ''
      log.info({ fingerprint: next.fingerprint, expiresAt: next.expiresAt.toISOString() }, 'TLS certificate renewed')
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown)
      if (why === this.#reported) return
      this.#reported = why
      log.error({ files: [files.cert, files.key] }, `the new TLS certificate cannot be used; the old one stays: ${why}`)
    }
  }
}

import type { CliIo } from './io.js'

/** Numbers of the signals that ask a process to stop (POSIX). */
const numbers: Readonly<Record<string, number>> = { SIGINT: 2, SIGTERM: 15 }

export interface StopSignal {
  /** Aborts at Ctrl-C, at SIGTERM, and when nobody reads stdout any more. */
  readonly signal: AbortSignal
  /** 128 and the number of the signal, as shells have it; 0 when there was none. */
  exitCode(): number
  release(): void
}

/** For commands that go on until somebody stops them. */
export function stopSignal(io: CliIo): StopSignal {
  const controller = new AbortController()
  let number = 0
  const release = io.onStop((signal) => {
    number = numbers[signal] ?? 0
    controller.abort()
  })
  io.onReaderGone(() => controller.abort())
  return { signal: controller.signal, exitCode: () => (number === 0 ? 0 : 128 + number), release }
}

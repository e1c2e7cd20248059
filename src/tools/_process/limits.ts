/** Bounds of running and finished commands (spec/runtime.md 4.2, spec/config.md 12.5). */

/** Characters kept of one command: this many of its beginning, the rest of its end. */
export const aggregateChars = 200_000
export const headChars = 60_000
/** Characters that wait to be polled. */
export const pendingChars = 30_000

/** Commands of one gateway that run at the same time. */
export const maxRunning = 64
export const maxFinished = 50
export const maxFinishedChars = 2_000_000

export const defaultKeepMs = 1_800_000
export const minKeepMs = 60_000
export const maxKeepMs = 10_800_000

/** Characters of one answer to the model. */
export const resultChars = 30_000
/** Characters of the end of a command that goes on in the background. */
export const tailChars = 2_000

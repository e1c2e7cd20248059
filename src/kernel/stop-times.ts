/** How long running turns may take to finish after a stop was asked for. */
export const drainMs = 10_000
/** How long the last words of turns that were aborted may take to reach their clients. */
export const farewellMs = 1_000
/** What closing the store, the logs and the rest may take after that. */
const closeMs = 9_000

/**
 * The longest orderly stop. Whoever asks for one (`gateway stop`, `--force`, a service manager) waits at least this
 * long before it ends the process by force: less would cut off turns that were promised their time.
 */
export const stopLimitMs = drainMs + farewellMs + closeMs

const longMs = 60_000

/** Keeps the process alive while `work` waits: the clock's own timers do not. */
export async function stayAlive<T>(work: Promise<T>): Promise<T> {
  const timer = setInterval(() => {}, longMs)
  try {
    return await work
  } finally {
    clearInterval(timer)
  }
}

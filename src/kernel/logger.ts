/** What the domain needs of a logger; pino and Fastify's loggers satisfy it. */
export interface Logger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** A logger that drops everything, for callers that have none. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** The same logger, with these facts on every line. What a line says itself counts more. */
export function withFacts(log: Logger, facts: object): Logger {
  return {
    debug: (details, message) => log.debug({ ...facts, ...details }, message),
    info: (details, message) => log.info({ ...facts, ...details }, message),
    warn: (details, message) => log.warn({ ...facts, ...details }, message),
    error: (details, message) => log.error({ ...facts, ...details }, message),
  }
}

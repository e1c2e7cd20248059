/** What the domain needs of a logger; pino and Fastify's loggers satisfy it. */
export interface Logger {
  debug(details: object, message: string): void
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}

/** A logger that drops everything, for callers that have none. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} }

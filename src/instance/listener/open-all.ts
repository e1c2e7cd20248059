import { GatewayError } from '../../kernel/errors.js'
import type { BindAddress } from '../bind.js'
import type { AddressServer } from './address-server.js'

/** Whose port it is. */
export type Explain = (host: string, port: number) => Promise<GatewayError>

/** What a system says of an address that it does not have, e.g. `::1` without IPv6. */
const absent = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL', 'ENETUNREACH'])
/** With port 0 the system chooses for the first address; the port may be taken on the second. */
const portTries = 10

/**
 * Opens every address on one port, all or none. Optional addresses that the machine does not have are left out; one
 * that somebody else has is an error, because clients of `localhost` would reach him. Throws `port_taken`, `bind_failed`.
 */
export async function openAll(
  addresses: readonly BindAddress[],
  port: number,
  open: (host: string, port: number) => Promise<AddressServer>,
  explain: Explain = explainPlainly,
): Promise<AddressServer[]> {
  for (let tries = 1; ; tries++) {
    const opened: AddressServer[] = []
    try {
      for (const { host, optional } of addresses) {
        const server = await open(host, opened[0]?.port ?? port).catch((error: unknown) => {
          if (optional && absent.has(codeOf(error))) return undefined
          throw new Unbound(host, opened[0]?.port ?? port, error)
        })
        if (server) opened.push(server)
      }
      return opened
    } catch (error) {
      await Promise.all(opened.map((server) => server.retire()))
      if (!(error instanceof Unbound)) throw error
      const taken = codeOf(error.cause) === 'EADDRINUSE'
      if (taken && port === 0 && tries < portTries) continue
      throw taken ? await explain(error.host, error.port) : failed(error)
    }
  }
}

class Unbound extends Error {
  readonly host: string
  readonly port: number
  constructor(host: string, port: number, cause: unknown) {
    super('not bound', { cause })
    this.host = host
    this.port = port
  }
}

async function explainPlainly(host: string, port: number): Promise<GatewayError> {
  const message = `Port ${port} on ${host} is in use. Stop the program that has it, or choose another --port.`
  return new GatewayError('port_taken', { message, details: { host, port } })
}

function failed({ host, port, cause }: Unbound): GatewayError {
  const code = codeOf(cause)
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'This user may not listen there. Choose a port above 1023.',
    EADDRNOTAVAIL: 'This machine does not have that address. Correct gateway.bind or gateway.customBindHost.',
  }
  const message = `Cannot listen on ${host} port ${port} (${code || 'unknown error'}). ${reasons[code] ?? 'Choose another address.'}`
  return new GatewayError('bind_failed', { message, details: { host, port, errno: code }, cause })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

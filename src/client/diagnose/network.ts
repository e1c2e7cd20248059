import { lookup } from 'node:dns/promises'
import { connect, isIP } from 'node:net'
import type { Target } from '../target.js'
import { unbracketed } from '../tls.js'
import { beginStage, codeOf, type Limits, type Stage } from './stage.js'

const unreachable: ReadonlySet<string> = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
])

/** Looks the name up, as everything of this system does. */
export async function dnsStage(base: URL, limits: Limits): Promise<{ stage: Stage; addresses: readonly string[] }> {
  const says = beginStage('dns')
  const host = unbracketed(base.hostname)
  if (isIP(host) !== 0) return { stage: says('DNS_LITERAL', { host }), addresses: [host] }
  try {
    const found = await within(lookup(host, { all: true }), limits)
    const addresses = found.map(({ address }) => address)
    return { stage: says('DNS_OK', { host, addresses: addresses.join(', ') }), addresses }
  } catch (error) {
    const detail = codeOf(error)
    const code = detail === 'ENOTFOUND' ? 'DNS_NOT_FOUND' : 'DNS_UNAVAILABLE'
    return { stage: says(code, { host, detail }), addresses: [] }
  }
}

/** Connects to the addresses, one after the other, and hangs up; the first that takes the connection will do. */
export async function tcpStage(
  { base, source }: Target,
  addresses: readonly string[],
  { limitMs, signal }: Limits,
): Promise<Stage> {
  const says = beginStage('tcp')
  const port = Number(base.port || (base.protocol === 'https:' ? 443 : 80))
  let last = says('TCP_UNREACHABLE', { address: base.hostname, port, detail: 'no address' })
  const each = Math.max(1, Math.floor(limitMs / Math.max(addresses.length, 1)))
  for (const address of addresses) {
    const failure = await tryConnect(address, port, { limitMs: each, signal })
    if (failure === undefined) return says('TCP_OK', { address, port })
    const facts = { address, port, detail: failure }
    if (failure === 'ECONNREFUSED') last = says(source === 'local' ? 'TCP_REFUSED_HERE' : 'TCP_REFUSED', facts)
    else if (failure === 'ETIMEDOUT') last = says('TCP_TIMEOUT', facts)
    else last = says(unreachable.has(failure) ? 'TCP_UNREACHABLE' : 'TCP_TIMEOUT', facts)
  }
  return last
}

/** Undefined when the connection stands, else the code of the failure. */
function tryConnect(host: string, port: number, { limitMs, signal }: Limits): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, signal })
    socket.setTimeout(limitMs, () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })))
    socket.once('connect', () => {
      resolve(undefined)
      socket.destroy()
    })
    socket.once('error', (error) => resolve(codeOf(error)))
  })
}

async function within<T>(work: Promise<T>, { limitMs, signal }: Limits): Promise<T> {
  const stop = new AbortController()
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }))
    const timer = setTimeout(fail, limitMs)
    signal.addEventListener('abort', fail, { signal: stop.signal })
    stop.signal.addEventListener('abort', () => clearTimeout(timer))
  })
  try {
    return await Promise.race([work, late])
  } finally {
    stop.abort()
  }
}

import { lookup } from 'node:dns/promises'
import { canonicalIp } from '../auth/canonical-ip.js'
import { readAddresses } from '../instance/host.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import { type Answer, exchange, isRedirect } from './exchange.js'
import { checkAddress, readTarget, type Target } from './target.js'
import type { EgressFetch, EgressRequest, EgressResponse, Resolver } from './types.js'

const MAX_REDIRECTS = 3
/** What a redirect to another origin may know of the request. */
const harmless: ReadonlySet<string> = new Set(['accept', 'accept-language', 'user-agent'])

export interface EgressInput {
  readonly clock: Clock
  readonly log: Logger
  /** The system's when absent. */
  readonly resolve?: Resolver
  /** Addresses of this machine; what the system says when absent. Asked each time: interfaces come and go. */
  readonly ownAddresses?: () => readonly string[]
}

/**
 * Makes the fetch that everything goes through whose URL comes from outside. Throws `invalid_url`, `egress_blocked`,
 * `egress_failed`, `egress_timeout`, or the reason of the signal.
 */
export function openEgress({
  clock,
  log,
  resolve = systemResolver,
  ownAddresses = readAddresses,
}: EgressInput): EgressFetch {
  const resolver = { resolve, ownAddresses }
  return async (request) => {
    request.signal.throwIfAborted()
    const controller = new AbortController()
    const stop = () => controller.abort(request.signal.reason)
    request.signal.addEventListener('abort', stop)
    const seconds = Math.round(request.timeoutMs / 100) / 10
    const cancel = clock.after(request.timeoutMs, () =>
      controller.abort(
        new GatewayError('egress_timeout', { message: `The server did not answer within ${seconds} s.` }),
      ),
    )
    try {
      return await follow(request, resolver, controller.signal)
    } catch (thrown) {
      throw controller.signal.aborted ? controller.signal.reason : failureOf(thrown, request.url, log)
    } finally {
      cancel()
      request.signal.removeEventListener('abort', stop)
    }
  }
}

const systemResolver: Resolver = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true })
  return found.map(({ address }) => address)
}

interface Hop {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

async function follow(
  request: EgressRequest,
  { resolve, ownAddresses }: Required<Pick<EgressInput, 'resolve' | 'ownAddresses'>>,
  signal: AbortSignal,
): Promise<EgressResponse> {
  const { policy = {}, maxBytes, maxRedirects = MAX_REDIRECTS } = request
  let hop: Hop = {
    url: request.url,
    method: request.method ?? 'GET',
    headers: lowerCase(request.headers ?? {}),
    body: request.body,
  }
  for (let redirects = 0; ; redirects++) {
    const own = new Set(ownAddresses().map((address) => canonicalIp(address) ?? address))
    const target = readTarget(hop.url, policy, own)
    const addresses = target.isAddress ? [target.host] : await orAborted(resolve(target.host), signal)
    if (addresses.length === 0) throw new Error(`${target.host} has no address`)
    // Every one is looked at: which is taken in the end is not ours to say.
    for (const address of addresses) checkAddress(target, address, policy, own)
    const answer = await exchange({ ...hop, target, addresses, maxBytes, signal })
    const { location } = answer.headers
    if (!isRedirect(answer.status) || location === undefined) return { url: target.url.href, ...answer }
    if (redirects >= maxRedirects) {
      // Never the server's own words: whoever reads an error takes it for ours.
      const { origin } = resolveLocation(location, target.url)
      throw new GatewayError('egress_failed', {
        message: `More than ${maxRedirects} redirects; the last led to ${origin}.`,
      })
    }
    hop = nextHop(hop, target, answer, location)
  }
}

/** Names resolve in a thread that cannot be called back. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const stop = () => fail(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    work.then(done, fail).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** As browsers do (RFC 9110 15.4), but a body never goes to another origin, nor what could be a credential. */
function nextHop(hop: Hop, { url }: Target, { status }: Answer, location: string): Hop {
  const next = resolveLocation(location, url)
  const sameOrigin = next.origin === url.origin
  const keepsBody = (status === 307 || status === 308) && hop.method === 'POST'
  if (keepsBody && !sameOrigin) {
    throw new GatewayError('egress_failed', { message: 'The server wants the request body sent to another host.' })
  }
  const headers = sameOrigin
    ? hop.headers
    : Object.fromEntries(Object.entries(hop.headers).filter(([name]) => harmless.has(name)))
  return keepsBody ? { ...hop, url: next.href } : { url: next.href, method: 'GET', headers, body: undefined }
}

function resolveLocation(location: string, base: URL): URL {
  try {
    return new URL(location, base)
  } catch {
    throw new GatewayError('egress_failed', { message: 'The server redirects to something that is no URL.' })
  }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Addresses and ports of failures stay in the log. */
function failureOf(thrown: unknown, url: string, log: Logger): unknown {
  if (thrown instanceof GatewayError) {
    if (thrown.code === 'egress_blocked') log.warn({ url: originOf(url) }, thrown.message)
    return thrown
  }
  log.debug({ err: thrown, url: originOf(url) }, 'a fetch failed')
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  const what =
    reasons[code] ??
    (/CERT|SSL|TLS|SELF_SIGNED|ALTNAME/.test(code) ? 'its certificate is not valid' : 'the connection failed')
  return new GatewayError('egress_failed', { message: `Could not fetch ${originOf(url)}: ${what}.`, cause: thrown })
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'its name could not be resolved',
  ECONNREFUSED: 'the connection was refused',
  UND_ERR_CONNECT_TIMEOUT: 'it could not be reached in time',
  ETIMEDOUT: 'it could not be reached in time',
  UND_ERR_HEADERS_OVERFLOW: 'its headers are too large',
}

/** Without path and query, which may hold what nobody should read in a log. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : 'the URL'
}

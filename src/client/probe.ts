import type { Static } from '@sinclair/typebox'
import { Readiness, Startup } from '../../schemas/http/health.js'
import { checkValue } from '../config/check.js'
import { unreachable } from './failures.js'
import { type HttpAnswer, type HttpRequest, httpRequest } from './http.js'

export interface ProbeOptions {
  readonly base: URL
  readonly display: string
  /** Sent when given; leave it out towards this host, where the answer is complete without. */
  readonly bearer?: string | undefined
  readonly timeoutMs: number
  readonly pin?: string | undefined
  readonly headers?: HttpRequest['headers']
  /** Who should answer; absent when that is not known. */
  readonly expected?: { readonly profile: string; readonly instanceId?: string | undefined } | undefined
}

export interface Probe {
  readonly ready: boolean
  readonly failing: readonly string[]
  readonly latencyMs: number
  /** verified: the instance of the run-file answered. unverified: there is nothing to compare with. */
  readonly identity: 'verified' | 'unverified' | 'different'
  readonly instanceId: string | undefined
  /** Undefined when the gateway gives strangers no details. */
  readonly version: string | undefined
  readonly details: Static<typeof Readiness>
}

/**
 * Looks at a gateway: is it one, which one, is it ready, is the credential right. Small requests at once, within `timeoutMs`. Throws
 * `gateway_unreachable` whose `details.kind` says why.
 */
export async function probeGateway(options: ProbeOptions): Promise<Probe> {
  const [ready, startup, guarded] = await Promise.all([
    httpRequest(requestFor(options, 'readyz')),
    httpRequest(requestFor(options, 'startupz')),
    // The probes are open; only a guarded door tells whether the credential is right.
    options.bearer === undefined ? undefined : httpRequest(requestFor(options, 'v1/models')),
  ])
  const details = readJson(ready)
  if (ready.status === 400 && ready.text.includes('"tls_required"')) throw unreachable('tls_required', options.display)
  if (!isReadiness(details)) throw unreachable('not_gateway', options.display, `HTTP ${ready.status} on /readyz`)
  const started = readJson(startup)
  const version = isStartup(started) ? started.version : undefined
  if (guarded?.status === 401) throw unreachable('unauthorized', options.display)
  if (guarded?.status === 429) throw unreachable('rate_limited', options.display)
  const instanceId = headerOf(ready, 'x-openclaw-instance')
  return {
    ready: details.ready,
    failing: details.failing ?? [],
    latencyMs: ready.elapsedMs,
    identity: identify(options, details.profile, instanceId),
    instanceId,
    version,
    details,
  }
}

function requestFor({ base, display, bearer, timeoutMs, pin, headers }: ProbeOptions, path: string): HttpRequest {
  return { url: new URL(path, base), display, bearer, timeoutMs, pin, headers }
}

function identify(options: ProbeOptions, profile: string | undefined, id: string | undefined): Probe['identity'] {
  const { expected } = options
  if (!expected) return 'unverified'
  if (expected.instanceId !== undefined && expected.instanceId === id) return 'verified'
  if (profile !== undefined && profile !== expected.profile) {
    throw unreachable('other_gateway', options.display, profile)
  }
  return expected.instanceId === undefined ? 'unverified' : 'different'
}

function readJson({ text }: HttpAnswer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isReadiness(value: unknown): value is Static<typeof Readiness> {
  return checkValue(Readiness, value).errors.length === 0
}

function isStartup(value: unknown): value is Static<typeof Startup> {
  return checkValue(Startup, value).errors.length === 0
}

function headerOf({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

import type { WebClient, WebClientOptions } from '@slack/web-api'
import { ChannelFailure } from '../port.js'

/** Answers after which no try helps until somebody acts (spec/runtime.md 2.4). */
const permanent = new Set([
  ...['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired', 'user_removed_from_team'],
  ...[
    'not_allowed_token_type',
    'team_disabled',
    'no_permission',
    'invalid_app_id',
    'app_uninstalled',
    'org_login_required',
  ],
])
/** Slack's own trouble. */
const passing = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
])
const unsent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
const callMs = 20_000

// biome-ignore lint/suspicious/noExplicitAny: answers are read where they are used
type Answer = Record<string, any>

/** What the library would write to the console, payloads and all. What fails is told by us. */
export const silentLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => 'error' as never,
}

/** Limits are told at once and tries are counted by the outbox: the library would wait in secret, up to half an hour. */
export function clientOptions(apiRoot: string | undefined): WebClientOptions {
  return {
    ...{ retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: callMs, logger: silentLogger },
    ...(apiRoot !== undefined && { slackApiUrl: `${apiRoot}/` }),
  }
}

/** The Web API. Every failure is a `ChannelFailure`, and none holds a token. */
export class SlackApi {
  readonly web: WebClient

  constructor(web: WebClient) {
    this.web = web
  }

  call(method: string, args: Record<string, unknown>, signal: AbortSignal): Promise<Answer> {
    return this.limited(method, () => this.web.apiCall(method, args), signal)
  }

  /** The library takes no signal: who waits is freed, and the request ends by its own limit. */
  async limited(method: string, run: () => Promise<unknown>, signal: AbortSignal): Promise<Answer> {
    let stop = () => {}
    const aborted = new Promise<never>((_resolve, reject) => {
      stop = () => reject(new ChannelFailure('ambiguous', `${method}: it was given up`))
      signal.addEventListener('abort', stop, { once: true })
    })
    try {
      if (signal.aborted) throw new ChannelFailure('network', `${method}: it was given up`)
      return (await Promise.race([run(), aborted])) as Answer
    } catch (thrown) {
      throw failureOf(method, thrown)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }
}

interface Thrown {
  readonly data?: { readonly error?: string; readonly needed?: string }
  readonly retryAfter?: number
  readonly statusCode?: number
  readonly original?: { readonly message?: string; readonly cause?: { readonly code?: unknown } }
}

/** Without these two, nothing at all can be had. */
const isStart = (method: string) => method === 'auth.test' || method === 'apps.connections.open'

export function failureOf(method: string, thrown: unknown): ChannelFailure {
  if (thrown instanceof ChannelFailure) return thrown
  const { data, retryAfter, statusCode, original } = (thrown ?? {}) as Thrown
  if (retryAfter !== undefined) return new ChannelFailure('rate_limit', `${method}: ratelimited`, retryAfter * 1000)
  if (data?.error !== undefined) {
    const needed = data.needed === undefined ? '' : ` (the app needs the scope ${data.needed})`
    const text = `${method}: ${data.error}${needed}`
    if (permanent.has(data.error) || (data.error === 'missing_scope' && isStart(method))) {
      return new ChannelFailure('auth', text)
    }
    return new ChannelFailure(passing.has(data.error) ? 'network' : 'refused', text)
  }
  if (statusCode !== undefined) {
    return new ChannelFailure(statusCode >= 500 ? 'network' : 'refused', `${method}: HTTP ${statusCode}`)
  }
  const code = String(original?.cause?.code ?? 'no answer')
  return new ChannelFailure(unsent.has(code) || isStart(method) ? 'network' : 'ambiguous', `${method}: ${code}`)
}

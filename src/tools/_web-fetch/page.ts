import type { Config } from '../../../schemas/config/index.js'
import type { ToolContext } from '../_types.js'
import { type ExtractMode, extract } from './extract.js'

export type FetchSettings = NonNullable<NonNullable<NonNullable<Config['tools']>['web']>['fetch']>

export interface PageOptions {
  readonly mode: ExtractMode
  /** Characters that are kept. */
  readonly limit: number
  readonly settings: FetchSettings
}

export interface Page {
  /** After redirects. */
  readonly url: string
  readonly status: number
  readonly contentType: string
  readonly bytes: number
  readonly title: string
  /** Undefined: there is no text in it. */
  readonly text: string | undefined
  /** The page goes on behind what was kept. */
  readonly truncated: boolean
  readonly cached: boolean
}

/** Limits of spec/runtime.md 4.2. */
const MAX_BYTES = 2 * 1024 * 1024
const TIMEOUT_SECONDS = 30
const CACHE_MINUTES = 15
const ACCEPT = 'text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, text/plain;q=0.8, */*;q=0.5'

/** The text of a page, from the cache when it is there. Throws what the network and the signal throw. */
export async function fetchPage(context: ToolContext, url: string, options: PageOptions): Promise<Page> {
  const { settings } = options
  const key = JSON.stringify(['web_fetch', url, options.mode, settings])
  const kept = context.cache.get(key)
  if (kept !== undefined) return { ...JSON.parse(kept), cached: true }
  const page = await load(context, url, options)
  const ttlMs = (settings.cacheTtlMinutes ?? CACHE_MINUTES) * 60_000
  if (page.status < 400) context.cache.put(key, JSON.stringify(page), ttlMs)
  return page
}

async function load(
  { fetch, signal }: ToolContext,
  url: string,
  { mode, limit, settings }: PageOptions,
): Promise<Page> {
  const { maxRedirects, ssrfPolicy, userAgent, readability = true, timeoutSeconds = TIMEOUT_SECONDS } = settings
  const response = await fetch({
    url,
    headers: { accept: ACCEPT, ...(userAgent !== undefined && { 'user-agent': userAgent }) },
    maxBytes: MAX_BYTES,
    timeoutMs: timeoutSeconds * 1000,
    signal,
    ...(maxRedirects !== undefined && { maxRedirects }),
    ...(ssrfPolicy && { policy: ssrfPolicy }),
  })
  const found = await extract(response, { mode, readability, limit, signal })
  return {
    url: response.url,
    status: response.status,
    contentType: response.headers['content-type'] ?? '',
    bytes: response.body.length,
    title: found?.title.slice(0, 500) ?? '',
    text: found?.text.slice(0, limit),
    truncated: response.truncated || (found?.text.length ?? 0) > limit,
    cached: false,
  }
}

import type { EgressResponse } from '../../egress/types.js'
import type { StopSignal } from '../../kernel/stop.js'
import { isBinary } from '../_text/decode.js'
import { decodeBody } from './charset.js'
import { parsePage } from './dom.js'
import { mainContent, visible } from './main-content.js'
import { toMarkdown } from './markdown.js'

export type ExtractMode = 'markdown' | 'text'

export interface ExtractOptions {
  readonly mode: ExtractMode
  /** Keep only what a reader came for. */
  readonly readability: boolean
  /** Characters that are wanted. */
  readonly limit: number
  readonly signal: StopSignal
}

export interface Extracted {
  readonly title: string
  readonly text: string
}

/** Characters of a `<base>` that is heeded. */
const MAX_BASE = 2_000

const html = /^(?:text\/html|application\/xhtml\+xml)$/
const texts = /^text\/|[/+](?:json|xml|yaml|javascript|x-ndjson|toml|x-sh)$|^application\/(?:ecmascript|graphql)$/

/** The text of an answer; undefined when it holds none. Throws the reason of the signal. */
export async function extract(response: EgressResponse, options: ExtractOptions): Promise<Extracted | undefined> {
  const contentType = response.headers['content-type'] ?? ''
  const type = (contentType.split(';')[0] ?? '').trim().toLowerCase()
  const unnamed = type === '' || type === 'application/octet-stream'
  if (unnamed ? isBinary(response.body) : !html.test(type) && !texts.test(type)) return undefined
  const body = decodeBody(response.body, contentType)
  const isPage = html.test(type) || (unnamed && /^\s*(?:<!doctype html|<html)/i.test(body))
  if (!isPage) return { title: '', text: body.trim() }
  const { root, title, base } = await parsePage(body, options.signal)
  const content = options.readability ? await mainContent(root) : visible(root)
  // Every link of the page is put behind it: a long one makes a large page of a small one.
  const address =
    base !== undefined && base.length <= MAX_BASE && URL.canParse(base, response.url)
      ? new URL(base, response.url).href
      : response.url
  return {
    title,
    text: toMarkdown(content, { marks: options.mode === 'markdown', base: address, limit: options.limit }),
  }
}

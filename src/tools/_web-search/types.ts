import type { Config } from '../../../schemas/config/index.js'
import type { EgressRequest } from '../../egress/types.js'

export type SearchSettings = NonNullable<NonNullable<NonNullable<Config['tools']>['web']>['search']>

export type Freshness = 'day' | 'week' | 'month' | 'year'

export interface SearchQuery {
  readonly query: string
  readonly count: number
  readonly freshness?: Freshness
  /** Two letters, upper case. */
  readonly country?: string
  /** Two letters, lower case. */
  readonly language?: string
}

export interface SearchResult {
  readonly title: string
  readonly url: string
  readonly snippet: string
  /** When it was published, in the provider's words. */
  readonly age?: string
}

export interface SearchAnswer {
  readonly results: readonly SearchResult[]
  /** Of providers that answer in words. */
  readonly answer?: string
}

export type SearchCall = Pick<EgressRequest, 'url' | 'method' | 'headers' | 'body'>

/** A provider that is set up. */
export interface SearchEngine {
  call(query: SearchQuery): SearchCall
  /** Reads the answer's JSON; what is not as expected is left out. */
  read(body: unknown, query: SearchQuery): SearchAnswer
  /** Host of a URL that the operator wrote, which may be on a private network. */
  readonly ownHost?: string
}

export interface SearchProvider {
  readonly name: string
  /** Undefined: the key or the address is missing. */
  setUp(settings: SearchSettings, env: Readonly<Record<string, string | undefined>>): SearchEngine | undefined
}

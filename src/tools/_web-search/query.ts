import { GatewayError } from '../../kernel/errors.js'
import type { Freshness, SearchQuery } from './types.js'

interface Asked {
  readonly query: string
  readonly count: number
  readonly freshness?: string
  readonly country?: string
  readonly language?: string
}

const periods: Readonly<Record<string, Freshness>> = {
  day: 'day', week: 'week', month: 'month', year: 'year', pd: 'day', pw: 'week', pm: 'month', py: 'year',
} // biome-ignore format: a list that reads as a list

/** What a model asked, in the one form that providers are given. Throws `invalid_tool_arguments`. */
export function readQuery({ query, count, freshness, country, language }: Asked): SearchQuery {
  const period = freshness === undefined ? undefined : periods[freshness.trim().toLowerCase()]
  if (freshness !== undefined && period === undefined) throw wrong('freshness must be day, week, month or year')
  return {
    query,
    count,
    ...(period && { freshness: period }),
    ...(country && { country: letters(country, 'country').toUpperCase() }),
    ...(language && { language: letters(language, 'language').toLowerCase() }),
  }
}

function letters(text: string, name: string): string {
  const found = /^([a-z]{2})(?:[-_][a-z]{2,4})?$/i.exec(text.trim())?.[1]
  if (found === undefined) throw wrong(`${name} must be two letters`)
  return found
}

function wrong(what: string): GatewayError {
  return new GatewayError('invalid_tool_arguments', { message: `Invalid arguments for "web_search": ${what}.` })
}

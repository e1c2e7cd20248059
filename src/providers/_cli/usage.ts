import type { Usage } from '../../models/types.js'
import { asCount, asRecord, type Json } from '../_json.js'

/** The figures of a record; undefined when it has none. Anthropic counts what came from the cache apart. */
export function usageOf(record: Json): Usage | undefined {
  const usage = asRecord(record.usage)
  const input = asCount(usage?.input_tokens) ?? asCount(usage?.prompt_tokens)
  const output = asCount(usage?.output_tokens) ?? asCount(usage?.completion_tokens)
  if (!usage || (input === undefined && output === undefined)) return undefined
  const apart = asCount(usage.cache_read_input_tokens)
  const cacheWrite = asCount(usage.cache_creation_input_tokens)
  const cacheRead = apart ?? asCount(usage.cached_input_tokens) ?? 0
  return {
    input: (input ?? 0) + (apart ?? 0) + (cacheWrite ?? 0),
    output: output ?? 0,
    cacheRead,
    ...(cacheWrite !== undefined && { cacheWrite }),
    reasoning: asCount(usage.reasoning_output_tokens) ?? 0,
    estimated: false,
  }
}

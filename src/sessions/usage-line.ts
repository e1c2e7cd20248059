import type { Usage } from '../../schemas/message.js'

/** The line under an answer that `/usage` asks for; undefined when there is none to show. */
export function usageLine(level: string | undefined, usage: Usage | undefined): string | undefined {
  if (level === undefined || level === 'off' || !usage) return undefined
  const { input, output, cacheRead } = usage
  const line = `Usage: ${input} in, ${output} out`
  return level === 'full' ? `${line}, ${cacheRead} from the cache, ${input + output} in all` : line
}

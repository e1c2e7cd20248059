import type { ToolResult } from '../tools/_types.js'

/** The result without secret values: a model, a transcript and those who watch never get them from a tool. */
export function redacted(result: ToolResult, redact: ((text: string) => string) | undefined): ToolResult {
  if (!redact) return result
  const content = result.content.map((part) =>
    part.type === 'text' ? { type: 'text' as const, text: redact(part.text) } : part,
  )
  const details = result.details && (cleaned(result.details, redact) as NonNullable<ToolResult['details']>)
  return { ...result, content, ...(details && { details }) }
}

function cleaned(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value)
  if (Array.isArray(value)) return value.map((one) => cleaned(one, redact))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cleaned(one, redact)]))
}

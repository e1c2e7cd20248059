import type { SecretPointer } from './types.js'

const sources: readonly string[] = ['env', 'file', 'exec', 'store']

/** True for `{source, provider, id}`, valid or not. */
export function isPointer(value: unknown): value is SecretPointer {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { source, provider, id } = value as Record<string, unknown>
  return (
    typeof source === 'string' && sources.includes(source) && typeof provider === 'string' && typeof id === 'string'
  )
}

/** What `$NAME` and `${NAME}` on a secret field mean: the variable, from the default provider of the environment. */
export function variableIn(text: string): string | undefined {
  const match = /^\$(?:\{([A-Z][A-Z0-9_]{0,127})\}|([A-Z][A-Z0-9_]{0,127}))$/.exec(text)
  return match?.[1] ?? match?.[2]
}

/**
 * A secret field of a config as a reference; undefined when it is plain text. `${NAME}` is none: the config has put its
 * value in, or the variable is not set and the field counts as absent.
 */
export function pointerOf(input: unknown): SecretPointer | undefined {
  if (isPointer(input)) return input
  const id = typeof input === 'string' && !input.startsWith('${') ? variableIn(input) : undefined
  return id === undefined ? undefined : variablePointer(id)
}

export const variablePointer = (id: string): SecretPointer => ({ source: 'env', provider: 'default', id })

/** Equal for references that mean the same. */
export const keyOf = ({ source, provider, id }: SecretPointer): string => `${source}:${provider}:${id}`

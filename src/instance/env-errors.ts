/** One failure that env-schema lists (an Ajv error, as far as we use it). */
interface Listed {
  readonly instancePath: string
  readonly message?: string
  readonly params?: { readonly allowedValues?: unknown }
}

/** Which variables do not fit and why, in words. Throws what it was given when that is not from env-schema. */
export function readListed(error: unknown): { name: string; message: string }[] {
  const listed = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : []
  const known = listed.filter(isListed)
  if (known.length === 0) throw error
  return known.map((one) => ({ name: one.instancePath.slice(1), message: describe(one) }))
}

function describe(one: Listed): string {
  const allowed = one.params?.allowedValues
  if (Array.isArray(allowed)) return `must be one of ${allowed.join(', ')}`
  return one.message?.replace('must be boolean', 'must be 1 or 0') ?? 'does not fit'
}

function isListed(value: unknown): value is Listed {
  return (
    typeof value === 'object' && value !== null && 'instancePath' in value && typeof value.instancePath === 'string'
  )
}

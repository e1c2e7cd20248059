import { blank } from '../../kernel/redact.js'

/** Keys and tokens by how they look; what stands in the first group stays. */
const shapes: readonly RegExp[] = [
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/g,
  /(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/-]{16,}=*/gi,
  /()\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}/g,
  /()\b(?:ghp|gho|ghu|ghs|ghr|github_pat|glpat|npm|xox[abeprs])[_-][A-Za-z0-9_-]{16,}/g,
  /()\bAKIA[A-Z0-9]{16}\b/g,
  /()\bAIza[A-Za-z0-9_-]{30,}/g,
  /()\b\d{8,10}:[A-Za-z0-9_-]{35}\b/g,
  /()\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  /((?:api[-_]?key|secret|token|passw(?:or)?d)["']?\s*[:=]\s*["']?)[^\s"',;&}]{6,}/gi,
]

/** Blanks what looks like a secret; those that the gateway knows are `Redactor`'s. */
export function blankSecretShapes(text: string): string {
  return shapes.reduce((clean, shape) => clean.replace(shape, `$1${blank}`), text)
}

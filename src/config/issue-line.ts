import type { ConfigIssue } from './types.js'

/** `openclaw.json:3:7 — gateway.prot: unknown key. Did you mean "port"?` */
export function issueLine({ file, line, column, path, message }: ConfigIssue): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return `  ${place} — ${path}: ${message}`
}

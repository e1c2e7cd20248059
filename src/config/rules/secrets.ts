import type { Config } from '../../../schemas/config/index.js'
import type { Path } from '../json5/node.js'
import { redacted } from '../redact.js'
import { isTree, type Tree } from '../tree.js'
import type { Report } from './report.js'

/** Texts that stand for a secret elsewhere and were copied into the file by mistake (spec/config.md section 5.1). */
const marker = /^secretref-(?:env:|managed)/

export function secretRules(config: Config, report: Report): void {
  walk(config, [], config.secrets, report)
}

function walk(value: unknown, path: Path, secrets: Config['secrets'], report: Report): void {
  if (typeof value === 'string') {
    if (marker.test(value))
      report.error(
        path,
        'This is a marker, not a secret. Write the secret, "$NAME", or a reference {source, provider, id}.',
      )
    else if (value.includes(redacted))
      report.warn(path, 'This is the placeholder of a redacted value, not the value. Put the real one in.')
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, [...path, index], secrets, report)
  } else if (isTree(value)) {
    if (isReference(value)) checkReference(value, path, secrets, report)
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], secrets, report)
  }
}

interface Reference extends Tree {
  readonly source: 'env' | 'file' | 'exec' | 'store'
  readonly provider: string
}

const sources = ['env', 'file', 'exec', 'store']

function isReference(value: Tree): value is Reference {
  return sources.includes(String(value.source)) && typeof value.provider === 'string' && typeof value.id === 'string'
}

/** The default providers of env and store need no entry. Others may come with a later edit, hence no error. */
function checkReference({ source, provider }: Reference, path: Path, secrets: Config['secrets'], report: Report): void {
  const known = secrets?.providers?.[provider]
  if (known && known.source !== source)
    report.warn([...path, 'source'], `The secret provider "${provider}" has source "${known.source}", not "${source}".`)
  const builtIn = (source === 'env' || source === 'store') && provider === (secrets?.defaults?.[source] ?? 'default')
  if (!known && !builtIn)
    report.warn([...path, 'provider'], `There is no secret provider "${provider}". Add it under secrets.providers.`)
}

import type { ConfigIssue } from '../config/types.js'
import { GatewayError } from '../kernel/errors.js'
import type { Translate } from './messages.js'

/** `/home/me/.openclaw/openclaw.json:3:7  gateway.prot: Unknown key …` */
export function issueLine({ file, line, column, path, message }: ConfigIssue): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return `${place}  ${path}: ${message}`
}

/** The config cannot be used; every issue follows the headline. */
export function configInvalid(path: string, issues: readonly ConfigIssue[], t: Translate): GatewayError {
  return new GatewayError('config_invalid', {
    message: [t('config.invalid', { path, count: issues.length }), ...issues.map((one) => `  ${issueLine(one)}`)].join(
      '\n',
    ),
    details: { issues, next: 'config validate' },
  })
}

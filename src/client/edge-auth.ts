import type { Config } from '../../schemas/config/index.js'
import type { Env } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { firstConfigured, readSecret } from './secret.js'
import type { Target } from './target.js'

/** Headers of HTTP itself, and of our own login, are not for a proxy to have. */
const ours = /^(?:host|connection|upgrade|content-.*|transfer-encoding|te|trailer|authorization|sec-websocket-.*)$/i
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Visible Latin-1, as a header may have it (RFC 9110 section 5.5). */
const fieldValue = /^[\t\x20-\x7e\x80-\xff]+$/

export type EdgeHeaders = Readonly<Record<string, string>>

/**
 * Headers for a proxy in front of the configured gateway (`gateway.remote.edgeAuth`; spec/config.md 2.1). They go over
 * TLS and to the configured address only, never to that of a flag or a variable, and no redirect is followed. Throws
 * `auth_misconfigured` for a name or a value that cannot be sent, and for a reference that cannot be read.
 */
export function edgeHeaders({ base, source }: Target, config: Config, env: Env): EdgeHeaders {
  const wanted = config.gateway?.remote?.edgeAuth
  if (!wanted || source !== 'remote' || base.protocol !== 'https:') return {}
  const entries = Object.entries(wanted).flatMap(([name, value]) => {
    const path = `gateway.remote.edgeAuth.${name}`
    if (!token.test(name) || ours.test(name)) throw refused(path, 'is not the name of a header that can be set')
    const found = firstConfigured([readSecret(value, path, env)])
    if (found && !fieldValue.test(found.value)) throw refused(path, 'has a value that no header can have')
    return found ? [[name.toLowerCase(), found.value] as const] : []
  })
  return Object.fromEntries(entries)
}

function refused(path: string, why: string): GatewayError {
  return new GatewayError('auth_misconfigured', { message: `${path} ${why}.`, details: { path } })
}

import type { Static } from '@sinclair/typebox'
import { Readiness } from '../../../schemas/http/health.js'
import { checkValue } from '../../config/check.js'
import { GatewayError } from '../../kernel/errors.js'
import { type HttpAnswer, httpRequest } from '../http.js'
import type { FoundGateway } from '../open.js'
import { beginStage, type Limits, type Says, type Stage } from './stage.js'

/** Who answered, when it is one of our gateways. */
export interface Answered {
  readonly instanceId: string | undefined
  readonly profile: string | undefined
}

const proxyDown: ReadonlySet<number> = new Set([502, 503, 504, 521, 522, 523])

/** Asks `/readyz` without a secret: is it a gateway, and is it ready. */
export async function httpStage(
  { target, pin, headers }: FoundGateway,
  { limitMs, signal }: Limits,
): Promise<{ stage: Stage; answered: Answered | undefined }> {
  const says = beginStage('http')
  const { base, display } = target
  try {
    const answer = await httpRequest({
      url: new URL('readyz', base),
      display,
      timeoutMs: limitMs,
      pin,
      headers,
      signal,
    })
    const readiness = readReadiness(answer)
    if (!readiness) return { stage: stranger(says, answer, base), answered: undefined }
    const id = answer.headers['x-openclaw-instance']
    const answered = { instanceId: typeof id === 'string' ? id : undefined, profile: readiness.profile }
    const failing = readiness.failing?.join(', ') || '?'
    const stage = readiness.ready ? says('HTTP_OK', { ms: answer.elapsedMs }) : says('HTTP_NOT_READY', { failing })
    return { stage, answered }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { stage: says('HTTP_FAILED', { detail: String(error.details?.kind ?? error.code) }), answered: undefined }
  }
}

function stranger(says: Says, { status, headers, text }: HttpAnswer, base: URL): Stage {
  if (status === 400 && text.includes('"tls_required"')) return says('HTTP_TLS_REQUIRED')
  if (text.includes('"host_not_allowed"')) return says('HTTP_HOST_REFUSED', { host: base.host })
  if (status >= 300 && status < 400 && headers.location)
    return says('HTTP_REDIRECT', { location: shown(headers.location, base) })
  return says(proxyDown.has(status) ? 'HTTP_PROXY_DOWN' : 'HTTP_NOT_GATEWAY', { status })
}

/** Without user, query and fragment: they may hold secrets of a login. */
function shown(location: string, base: URL): string {
  if (!URL.canParse(location, base.href)) return '?'
  const { origin, pathname } = new URL(location, base)
  return `${origin}${pathname}`
}

function readReadiness({ text }: HttpAnswer): Static<typeof Readiness> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isReadiness = (given: unknown): given is Static<typeof Readiness> =>
      checkValue(Readiness, given).errors.length === 0
    return isReadiness(value) ? value : undefined
  } catch {
    return undefined
  }
}

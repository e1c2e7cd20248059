import { checkSharedSecret } from '../shared-secret.js'
import type { AuthMethod } from '../verdict.js'

/** Mode `token`: one shared secret for the whole gateway. */
export const tokenMethod: AuthMethod = (request) =>
  request.settings.mode === 'token' ? checkSharedSecret(request, request.settings.token, 'token') : undefined

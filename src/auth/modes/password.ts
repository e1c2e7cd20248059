import { checkSharedSecret } from '../shared-secret.js'
import type { AuthMethod } from '../verdict.js'

/** Mode `password`: as `token`, with a secret that a human chose. */
export const passwordMethod: AuthMethod = (request) =>
  request.settings.mode === 'password' ? checkSharedSecret(request, request.settings.password, 'password') : undefined

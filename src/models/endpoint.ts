import { GatewayError } from '../kernel/errors.js'

/** Throws `model_not_found` unless the text is an http(s) URL without user name and password. */
export function checkBaseUrl(text: string, path: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const problem = !url
    ? 'is not a URL'
    : url.protocol !== 'http:' && url.protocol !== 'https:'
      ? 'must begin with http:// or https://'
      : url.username || url.password
        ? 'must not hold a user name or password; use apiKey or headers'
        : undefined
  if (problem) throw new GatewayError('model_not_found', { message: `${path} ${problem}.` })
}

const privateHost =
  /^(localhost|127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]$|\[f[cd]|\[fe80:)|\.(local|internal|localhost)$/

/** True for this machine and private networks: loopback, RFC 1918, unique local, `.local`, bare host names. */
export function isLocal(baseUrl: string): boolean {
  if (!URL.canParse(baseUrl)) return true
  const { hostname } = new URL(baseUrl)
  return privateHost.test(hostname) || !/[.:]/.test(hostname)
}

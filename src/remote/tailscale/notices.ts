import type { AuthSettings } from '../../auth/settings.js'
import type { Env } from '../../instance/types.js'
import { findTailscale } from './find-program.js'

export interface NoticesInput {
  /** `gateway.tailscale.mode` */
  readonly mode: 'off' | 'serve' | 'funnel'
  readonly auth: Pick<AuthSettings, 'allowTailscale' | 'trustedProxies'>
  readonly port: number
  readonly env: Env
}

/** What keeps people who come by Tailscale outside although the config means to let them in; said once at the start. */
export async function tailscaleNotices(
  { mode, auth, port, env }: NoticesInput,
  find: (env: Env) => Promise<string | undefined> = findTailscale,
): Promise<readonly string[]> {
  const notices: string[] = []
  if (mode !== 'off') {
    notices.push(`this version does not start Tailscale itself; run: tailscale ${mode} --bg ${port}`)
    if (!auth.trustedProxies.has('127.0.0.1')) {
      const what = auth.allowTailscale ? 'the HTTP API is' : 'everything is'
      notices.push(`${what} refused over Tailscale until gateway.trustedProxies has "127.0.0.1"`)
    }
  }
  if (auth.allowTailscale && (await find(env)) === undefined) {
    notices.push('the tailscale program was not found, so nobody is let in by name; add its folder to PATH')
  }
  return notices
}

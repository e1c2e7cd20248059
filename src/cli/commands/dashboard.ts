import { readGatewayConfig } from '../../client/gateway-config.js'
import { httpRequest } from '../../client/http.js'
import { type ClientFlags, defaultTimeoutMs, type FoundGateway, findGateway } from '../../client/open.js'
import { isLoopback } from '../../client/plaintext.js'
import { configSource } from '../../config/source.js'
import type { Env } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { clientOptions } from '../client-options.js'
import { defineCommand } from '../define.js'
import { openBrowser } from '../open-browser.js'

export default defineCommand({
  summary: 'dashboard.summary',
  description: 'dashboard.description',
  options: {
    url: clientOptions.url,
    port: clientOptions.port,
    tlsFingerprint: clientOptions.tlsFingerprint,
    timeout: clientOptions.timeout,
    noOpen: { kind: 'flag', text: 'dashboard.noOpen' },
    json: clientOptions.json,
  },
  examples: [
    { command: 'dashboard' },
    { command: 'dashboard --no-open' },
    { command: '--profile rescue dashboard --json' },
  ],
  async run(context, _args, options) {
    const { out, t, env, explain, hint } = context
    const instance = await context.instance()
    const config = await readGatewayConfig(configSource(instance))
    const page = config.gateway?.controlUi
    const found = await findGateway({ instance, config, flags: options, purpose: 'probe' })
    // No secret in it: an address stays in histories, logs and screenshots.
    const { href: url } = new URL((page?.basePath ?? '/').replace(/^\/+/, ''), found.target.base)
    const own = found.target.source === 'local'
    const enabled = !own || page?.enabled !== false
    const { failure, served } = await ask(found, url, options)
    const opened = failure === undefined && enabled && served && !options.noOpen && (await openBrowser(url, env))
    const tunnel = tunnelCommand(found, env)
    const value = {
      ok: failure === undefined && enabled,
      url,
      reachable: failure === undefined,
      enabled,
      served,
      opened,
    }
    const error = failure && { kind: failure.details?.kind, message: failure.message }
    out.result({ ...value, ...(error && { error }), ...(tunnel && { tunnel }) }, () => [
      url,
      ...(failure ? [`${out.style('!', 'red')} ${explain(failure)}`] : []),
      ...(failure ? [t('failure.try', { command: hint(nextOf(found, failure)) })] : []),
      ...(enabled ? [] : [t('dashboard.disabled')]),
      ...(failure || served || !enabled
        ? []
        : [t('dashboard.notServed', { docs: new URL('docs', found.target.base).href })]),
      ...(opened ? [t('dashboard.opened')] : []),
      ...(value.ok && served && !opened && !options.noOpen ? [t('dashboard.notOpened')] : []),
      ...(tunnel ? [t('dashboard.remoteHint', { command: tunnel })] : []),
    ])
    return value.ok ? 0 : 1
  },
})

/** Whether the gateway answers, and whether a page is at the address. Sends no secret. */
async function ask(
  found: FoundGateway,
  url: string,
  { timeout: timeoutMs = defaultTimeoutMs }: ClientFlags,
): Promise<{ failure: GatewayError | undefined; served: boolean }> {
  const { pin, headers, target } = found
  try {
    const page = httpRequest({ url: new URL(url), display: target.display, timeoutMs, pin, headers })
    const [, answer] = await Promise.all([found.probe(), page])
    return { failure: undefined, served: answer.status === 200 && /html/.test(answer.headers['content-type'] ?? '') }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    return { failure: error, served: false }
  }
}

function nextOf({ target }: FoundGateway, { details }: GatewayError): string {
  // A page needs a tunnel that stays.
  if (target.source === 'remote' && details?.kind === 'refused') return 'tunnel run'
  return typeof details?.next === 'string' ? details.next : 'gateway status'
}

/** Over ssh: the line for the machine with the screen. */
function tunnelCommand({ target }: FoundGateway, { SSH_CONNECTION, USER, LOGNAME }: Env): string | undefined {
  // `<client address> <client port> <server address> <server port>` (ssh(1))
  const [, , host, sshPort] = SSH_CONNECTION?.split(' ') ?? []
  if (!host || !isLoopback(target.base.hostname)) return undefined
  const { port } = target.base
  const way = sshPort === undefined || sshPort === '22' ? '' : `-p ${sshPort} `
  return `ssh -N -L ${port}:127.0.0.1:${port} ${way}${USER ?? LOGNAME ?? 'user'}@${host}`
}

import { loadConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import type { Config } from '../../config/types.js'
import type { Instance } from '../../instance/types.js'
import type { LiveTest } from '../../setup/onboard/live-test.js'
import type { OnboardResult } from '../../setup/onboard/onboard.js'
import type { CommandContext } from '../context.js'
import { findCommand } from '../find.js'
import type { Prompter } from '../prompts/types.js'
import { columns } from '../text-width.js'
import type { OnboardFlags } from './options.js'
import type { ServiceOutcome } from './steps/service.js'

export interface Done {
  readonly context: CommandContext
  readonly flags: OnboardFlags
  readonly instance: Instance
  readonly result: OnboardResult
  readonly service: ServiceOutcome
  readonly test: LiveTest | undefined
  /** A variable of this shell that was not taken over. */
  readonly ignored: string | undefined
  readonly ask: Prompter | undefined
}

/** Whether a gateway answers now. Not running is no failure: nobody asked for a start. */
type Health = 'ok' | 'not-running' | 'skipped'

/** The end of onboarding: what was done, whether the gateway is well, and what comes next. */
export async function showDone(done: Done): Promise<number> {
  const { context, flags, instance, result, ask } = done
  const loaded = await loadConfig(configSource(instance))
  const config = loaded.ok ? loaded.config : {}
  const health = flags.skipHealth || result.mode !== 'local' ? 'skipped' : await healthOf(instance)
  const token = flags.suppressGatewayTokenOutput ? undefined : result.newToken
  if (ask) showToUser(done, config, health, token)
  else context.out.result(json(done, config, health, token), () => lines(done, config, health, token))
  return 0
}

async function healthOf(instance: Instance): Promise<Health> {
  const { runningGateway } = await import('../service/running.js')
  return (await runningGateway(instance)) ? 'ok' : 'not-running'
}

function json(
  { flags, result, service, test, ignored, context: { t } }: Done,
  config: Config,
  health: Health,
  token?: string,
) {
  const { newToken: _, overlap, mode, workspace, port, ...facts } = result
  const { gateway } = config
  return {
    ok: true,
    mode,
    workspace,
    port,
    authChoice: flags.authChoice ?? 'skip',
    model: refOf(config),
    gateway: {
      port,
      bind: gateway?.bind ?? 'loopback',
      authMode: authModeOf(config),
      tailscaleMode: gateway?.tailscale?.mode ?? 'off',
    },
    installDaemon: service.kind === 'service',
    service,
    skipSkills: Boolean(Reflect.get(flags, 'skipSkills')),
    skipHealth: flags.skipHealth,
    health,
    ...(test && { modelTest: test }),
    ...facts,
    ...(token && { token }),
    warnings: [
      ...(overlap ? [{ code: 'port_overlap', ...overlap }] : []),
      ...(ignored
        ? [{ code: 'token_of_environment', message: t('onboard.shellTokenIgnored', { name: ignored }) }]
        : []),
    ],
  }
}

function refOf({ agents }: Config): string | undefined {
  const written = agents?.defaults?.model
  return typeof written === 'string' ? written : written?.primary
}

function authModeOf({ gateway }: Config): string {
  const auth = gateway?.auth
  return auth?.mode ?? (auth?.password !== undefined && auth.token === undefined ? 'password' : 'token')
}

function lines(done: Done, config: Config, health: Health, token: string | undefined): string[] {
  const { context, ignored, result, service } = done
  const { out, t } = context
  const nothing = result.changed.length === 0 && result.created.length === 0
  const marks = [
    ...(result.overlap ? [t('setup.overlap', overlapValues(result.overlap))] : []),
    ...(ignored ? [t('onboard.shellTokenIgnored', { name: ignored })] : []),
  ]
  return [
    nothing ? t('setup.nothing') : t('setup.done'),
    '',
    ...columns(facts(done, config), '  '),
    ...(service.kind === 'none'
      ? []
      : ['', t('service.answers', { pid: service.pid ?? '?', port: service.port ?? '?' })]),
    ...tokenLines(done, token),
    ...marks.flatMap((text) => ['', `${out.style('!', 'yellow')} ${text}`]),
    '',
    ...nextLines(done, config, health),
  ]
}

function overlapValues({ neighbour, distance, suggestion }: NonNullable<OnboardResult['overlap']>) {
  return { distance, port: neighbour.port, profile: neighbour.profile, suggestion }
}

function facts({ context: { t }, result }: Done, config: Config): string[][] {
  const { config: path, mode, workspace, port } = result
  const local = [
    [t('status.workspace'), workspace ?? ''],
    [t('status.port'), String(port)],
    [t('onboard.fact.model'), refOf(config) ?? '-'],
  ]
  return [[t('status.config'), path], [t('status.mode'), mode], ...(mode === 'local' ? local : [])]
}

function tokenLines({ context: { t }, result }: Done, token: string | undefined): string[] {
  return token ? ['', t('setup.newToken', { token }), t('setup.tokenKept', { path: result.config })] : []
}

/** A line that works as it stands, then the page, then the way to start what does not run. */
function nextLines({ context: { t, hint }, flags, result }: Done, config: Config, health: Health): string[] {
  if (result.mode === 'remote') return [t('setup.next', { command: hint('status') })]
  const url = `http://127.0.0.1:${result.port}`
  const open = config.gateway?.http?.endpoints?.chatCompletions?.enabled === true
  const secret = authModeOf(config) === 'none' ? '' : ' -H "Authorization: Bearer $TOKEN"'
  const body = `'{"model":"openclaw:main","messages":[{"role":"user","content":"hello"}]}'`
  const curl = `curl -sS ${url}/v1/chat/completions${secret} -H 'Content-Type: application/json' -d ${body}`
  const start = health === 'ok' ? [] : [t('setup.next', { command: hint('gateway') })]
  const page = findCommand(['dashboard']).file === undefined ? `${url}/docs` : hint('dashboard')
  return [
    ...(health === 'ok' ? [t('onboard.health.ok', { url })] : []),
    ...start,
    t('onboard.next.talk', { command: hint('agent --message "hello"') }),
    ...(open ? [t('onboard.next.curl', { command: curl })] : []),
    ...(flags.skipUi ? [] : [t('onboard.next.page', { page })]),
  ]
}

/** The summary is part of the dialogue; what is to be copied stands below it, without a frame that breaks lines. */
function showToUser(done: Done, config: Config, health: Health, token: string | undefined): void {
  const { ask, context, result } = done
  const { t, out } = context
  ask?.note(
    columns(facts(done, config), '').join('\n'),
    result.changed.length === 0 ? t('setup.nothing') : t('setup.done'),
  )
  ask?.outro(t('onboard.bye', { command: context.hint('configure') }))
  out.lines([...tokenLines(done, token), '', ...nextLines(done, config, health)])
}

import { readGatewayConfig } from '../../../client/gateway-config.js'
import { defaultTimeoutMs } from '../../../client/open.js'
import { type Survey, survey } from '../../../client/survey/index.js'
import type { Seen } from '../../../client/survey/types.js'
import { findWays } from '../../../client/survey/ways.js'
import { configSource } from '../../../config/source.js'
import { isTailnet } from '../../../instance/bind.js'
import { readAddresses } from '../../../instance/host.js'
import { clientOptions } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { callPassageMs } from '../../passage.js'
import { columns } from '../../text-width.js'

export default defineCommand({
  summary: 'gateway.probe.summary',
  description: 'gateway.probe.description',
  options: {
    ...clientOptions,
    ssh: { kind: 'text', value: 'user@host', text: 'gateway.probe.ssh' },
    sshIdentity: { kind: 'text', value: 'path', text: 'tunnel.option.identity' },
    sshAuto: { kind: 'flag', text: 'gateway.probe.sshAuto', hidden: true },
  },
  examples: [
    { command: 'gateway probe' },
    { command: 'gateway probe --ssh me@server --json' },
    { command: 'gateway probe --url wss://gw.example.com --token "$TOKEN"' },
  ],
  async run(context, _args, options) {
    const { out } = context
    const startedAt = Date.now()
    const instance = await context.instance()
    const config = await readGatewayConfig(configSource(instance))
    const limitMs = options.timeout ?? defaultTimeoutMs
    const ways = await findWays({
      instance,
      config,
      flags: options,
      ssh: options.ssh,
      sshIdentity: options.sshIdentity,
      tunnelMs: options.timeout ?? callPassageMs,
      owns: context.owns,
    })
    const found = await survey(ways, limitMs)
    out.result(json(found, { startedAt, limitMs }), () => lines(found, context))
    return found.primary ? 0 : 1
  },
})

function json(
  { seen, gateways, warnings, primary }: Survey,
  { startedAt, limitMs }: { startedAt: number; limitMs: number },
) {
  const tailnet = readAddresses().find(isTailnet)
  return {
    ok: primary !== undefined,
    degraded: warnings.length > 0 || seen.some(({ probe, failure }) => probe !== undefined && failure !== undefined),
    capability: primary?.capability ?? 'unknown',
    ts: startedAt,
    durationMs: Date.now() - startedAt,
    timeoutMs: limitMs,
    primaryTargetId: primary?.way.id ?? null,
    warnings: warnings.map(({ code, message, targetIds }) => ({ code, message, targetIds })),
    network: {
      localLoopbackUrl: seen.find(({ way }) => way.kind === 'localLoopback')?.url ?? null,
      tailnetIPv4: tailnet ?? null,
    },
    gateways,
    targets: seen.map(targetJson),
  }
}

function targetJson({ way, url, probe, hello, capability, failure, elapsedMs }: Seen) {
  return {
    ...way,
    url,
    tunnel: way.kind === 'sshTunnel',
    connect: {
      ok: probe !== undefined,
      rpcOk: hello !== undefined,
      scopeLimited: capability === 'connected-no-operator-scope',
      latencyMs: probe?.latencyMs ?? null,
      elapsedMs,
      error: failure ? { code: failure.code, kind: failure.details?.kind, message: failure.message } : null,
    },
    auth: { role: hello?.auth.role ?? null, scopes: hello?.auth.scopes ?? [], capability },
    server: hello?.server ?? (probe?.version === undefined ? null : { version: probe.version }),
    self: probe ? { instanceId: probe.instanceId ?? null, profile: probe.details.profile ?? null } : null,
    health: probe ? { ready: probe.ready, failing: probe.failing, uptimeMs: probe.details.uptimeMs ?? null } : null,
    presence: hello?.snapshot.presence ?? null,
  }
}

function lines({ seen, gateways, warnings }: Survey, { out, t, find, explain }: CommandContext): string[] {
  const count = seen.filter(({ probe }) => probe).length
  const first = new Map(gateways.map(({ instanceId, targetIds }) => [instanceId, targetIds[0]]))
  const rows = seen.map((one) => {
    const { way, url, probe, capability } = one
    const state = !probe
      ? out.style(t('gateway.probe.down'), 'red')
      : probe.ready
        ? out.style(t('gateway.probe.ready', { ms: probe.latencyMs }), 'green')
        : out.style(t('gateway.probe.notReady'), 'yellow')
    return [way.active ? `${way.id}*` : way.id, url, state, capability, who(one, first, t)]
  })
  const heads = ['way', 'url', 'state', 'may', 'gateway'] as const
  const [head = '', ...body] = columns([heads.map((name) => t(`gateway.probe.column.${name}`)), ...rows])
  const failures = seen.flatMap(({ way, failure }) =>
    failure?.code === 'gateway_unreachable' ? [`${way.id}: ${explain(failure)}`] : [],
  )
  const remarks = warnings.map(({ code, message, values }) => find(`gateway.probe.warn.${code}`, values) ?? message)
  return [
    t('gateway.probe.reachable', { count, all: seen.length, gateways: gateways.length }),
    '',
    out.style(head, 'bold'),
    ...body,
    ...(failures.length + remarks.length > 0 ? [''] : []),
    ...remarks.map((text) => `${out.style('!', 'yellow')} ${text}`),
    ...failures,
  ]
}

function who({ way, probe }: Seen, first: ReadonlyMap<string, string | undefined>, t: CommandContext['t']): string {
  if (!probe) return '-'
  const other = probe.instanceId === undefined ? undefined : first.get(probe.instanceId)
  if (other !== undefined && other !== way.id) return t('gateway.probe.same', { id: other })
  return [probe.details.profile, probe.version && `v${probe.version}`].filter(Boolean).join(' ') || '-'
}

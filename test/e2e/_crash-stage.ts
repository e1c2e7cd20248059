import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { TelegramServer } from '../channels/telegram/server.js'
import { freePort } from '../cli/gateways.js'
import { until } from '../helper/calls.js'
import { testFolder } from '../helper/folder.js'
import { testConfig, upstreamConfig } from '../helper/gateway.js'
import { type GatewayProcess, startGateway } from '../helper/process.js'
import { type Reply, type Seen, startUpstream } from '../helper/upstream.js'
import type { Body } from '../helper/upstream-wire.js'

export const lastOf = ({ body }: Seen) => ((body.messages ?? []) as Body[]).at(-1)
export const textOf = (seen: Seen) => String(lastOf(seen)?.content)

export interface CrashStage {
  readonly telegram?: Body
  readonly more?: Body
}

/** A bot whose gateway is a process of its own, which can be killed. */
export async function crashStage(
  t: Test,
  script: (seen: Seen) => Reply | string | Promise<Reply | string>,
  { telegram = {}, more = {} }: CrashStage = {},
) {
  const api = await new TelegramServer().start(t)
  const upstream = await startUpstream(t, script)
  const home = testFolder(t)
  const state = join(home, '.openclaw')
  const workspace = join(home, 'w')
  mkdirSync(workspace)
  mkdirSync(state, { mode: 0o700 })
  const { models, agents } = upstreamConfig(upstream.baseUrl) as Body
  const keys = { botToken: api.token, apiRoot: api.root, dmPolicy: 'open', allowFrom: ['*'], ...telegram }
  const config = testConfig({
    models,
    agents: { defaults: { ...agents.defaults, workspace } },
    channels: { telegram: keys },
    ...more,
  })
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const port = await freePort()
  const gateways: GatewayProcess[] = []
  const start = async () => {
    const gateway = await startGateway(home, port)
    gateways.push(gateway)
    return gateway
  }
  t.teardown(() => Promise.all(gateways.map((gateway) => gateway.kill())))
  return { api, upstream, home, workspace, start, gateway: await start() }
}

/** Kills a gateway whose agent has written a file and not ended its turn: the next start must not write it again. */
export async function toolRunsOnce<S extends Awaited<ReturnType<typeof crashStage>>>(
  t: Test,
  stage: (script: (seen: Seen) => Reply | string) => Promise<S>,
  begin: (staged: S) => unknown,
): Promise<void> {
  let hung = true
  const staged = await stage((seen) => {
    if (textOf(seen).includes('The gateway went down')) return 'It was done before.'
    if (lastOf(seen)?.role === 'tool') return hung ? { text: 'never', hangAfter: 0 } : 'twice?'
    return {
      toolCalls: [{ id: 'c1', name: 'write', arguments: JSON.stringify({ path: `made-${Date.now()}`, content: 'x' }) }],
    }
  })
  const { api, upstream, workspace, gateway, start } = staged
  await begin(staged)
  await until(() => upstream.requests.length === 2)
  await gateway.kill()
  hung = false
  await start()
  await until(() => api.sent.length > 0)
  t.strictSame(api.sent, ['It was done before.'])
  t.equal(readdirSync(workspace).filter((name) => name.startsWith('made-')).length, 1)
}

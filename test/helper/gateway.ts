import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { type BuildOptions, buildGateway } from '../../src/app.js'
import { resolveInstance } from '../../src/instance/resolve.js'
import type { Instance } from '../../src/instance/types.js'
import { testFolder } from './folder.js'

export const token = 'test-token-0123456789abcdef'
export const bearer = { authorization: `Bearer ${token}` }

/** A config with the doors open and a token; `more` is laid over its top-level keys. */
export function testConfig(more: object = {}): object {
  return {
    gateway: {
      mode: 'local',
      auth: { mode: 'token', token },
      http: { endpoints: { chatCompletions: { enabled: true }, responses: { enabled: true } } },
    },
    logging: { level: 'debug' },
    ...more,
  }
}

/** `models` and `agents` of a config whose default model is `upstream/one` at this URL. */
export function upstreamConfig(baseUrl: string): object {
  return {
    models: {
      providers: { upstream: { baseUrl, apiKey: 'upstream-key-1234', models: [{ id: 'one', name: 'One' }] } },
    },
    agents: { defaults: { model: 'upstream/one', embeddingModel: 'upstream/one' } },
  }
}

/** An instance whose whole world is a temporary folder of this test. */
export async function testInstance(
  t: Test,
  config: object,
  flags: { profile?: string } = {},
  more: Readonly<Record<string, string>> = {},
): Promise<Instance> {
  const home = testFolder(t)
  const state = join(home, flags.profile ? `.openclaw-${flags.profile}` : '.openclaw')
  mkdirSync(state, { recursive: true, mode: 0o700 })
  writeFileSync(join(state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
  const env = { HOME: home, PATH: '/usr/bin:/bin', ...more }
  return resolveInstance({ flags, env, cwd: home, host: { tmpDir: join(home, 'tmp') } })
}

/** The real app of a temporary instance; closed with the test. */
export async function build(
  t: Test,
  config: object = testConfig(),
  options: BuildOptions = {},
): Promise<FastifyInstance> {
  const app = await buildGateway(await testInstance(t, config), options)
  t.teardown(() => app.close())
  return app
}

/** The data of server-sent events, in order; comments and names are dropped. */
export function eventData(body: string): string[] {
  return body.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice('data: '.length)] : []))
}

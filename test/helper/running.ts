import { writeFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { Instance } from '../../src/instance/types.js'
import { type RunningGateway, runGateway } from '../../src/main.js'
import { testConfig, testInstance } from './gateway.js'

/** The same, with every line that its console gets, from level debug on. */
export async function startLoudGateway(t: Test, more: object = {}): Promise<RunningGateway & { lines: string[] }> {
  const logging = { level: 'silent', consoleLevel: 'debug', consoleStyle: 'json' }
  const lines: string[] = []
  const console = { write: (line: string) => void lines.push(line) }
  const instance = await testInstance(t, testConfig({ ...more, logging }))
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback' }, { console })
  t.teardown(() => gateway.close('the test is over'))
  return { ...gateway, lines }
}

/** A gateway of its own folder that listens on a free port of 127.0.0.1; closed with the test. */
export async function startGateway(t: Test, config: object = testConfig()): Promise<RunningGateway> {
  const gateway = await runGateway(await testInstance(t, config), { port: 0, bind: 'loopback' })
  t.teardown(() => gateway.close('the test is over'))
  return gateway
}

/** The same, with more environment, and with a config file that the test may write anew. */
export async function startGatewayWith(
  t: Test,
  { config = testConfig(), env = {} }: { config?: object; env?: Readonly<Record<string, string>> },
): Promise<RunningGateway & { instance: Instance; writeConfig(config: object): void }> {
  const instance = await testInstance(t, config, {}, env)
  const gateway = await runGateway(instance, { port: 0, bind: 'loopback' })
  t.teardown(() => gateway.close('the test is over'))
  return { ...gateway, instance, writeConfig: (next) => writeFileSync(instance.paths.config, JSON.stringify(next)) }
}

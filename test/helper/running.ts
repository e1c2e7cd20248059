import type { Test } from 'tap'
import { type RunningGateway, runGateway } from '../../src/main.js'
import { testConfig, testInstance } from './gateway.js'

/** A gateway of its own folder that listens on a free port of 127.0.0.1; closed with the test. */
export async function startGateway(t: Test, config: object = testConfig()): Promise<RunningGateway> {
  const gateway = await runGateway(await testInstance(t, config), { port: 0, bind: 'loopback' })
  t.teardown(() => gateway.close('the test is over'))
  return gateway
}

import { setTimeout as sleep } from 'node:timers/promises'
import { type Probe, probeGateway } from '../../client/probe.js'
import { recordAddress } from '../../client/record-address.js'
import { type RunRecord, readRunFile } from '../../instance/run-file.js'
import type { Instance } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'

const probeTimeoutMs = 2000
const pollMs = 100
/** A loaded machine takes its time; a gateway that needs longer is said to be starting still. */
const startLimitMs = 60_000

/** The run-file of this profile's gateway when the live answer proves that it runs, or when it is too busy to answer. */
export async function runningGateway(instance: Instance): Promise<RunRecord | undefined> {
  const record = await readRunFile(instance.paths.runFile)
  if (!record) return undefined
  try {
    return (await ask(record)).instanceId === record.instanceId ? record : undefined
  } catch (error) {
    // Alive but too busy to answer is not "not running": stopping it is the point then.
    if (error instanceof GatewayError && error.code === 'gateway_unreachable') {
      return error.details?.kind === 'timeout' ? record : undefined
    }
    throw error
  }
}

export interface Waiting {
  /** The instance that ran before; another one is waited for. */
  readonly before: string | undefined
  /** Throws when the gateway that is waited for has ended. */
  readonly check: () => Promise<void>
  readonly limitMs?: number
}

/** Waits until a new gateway of this profile answers and is ready. Throws `service_failed` when it takes too long. */
export async function waitForGateway(instance: Instance, waiting: Waiting): Promise<RunRecord> {
  const { before, check, limitMs = startLimitMs } = waiting
  const end = performance.now() + limitMs
  while (performance.now() < end) {
    const record = await readRunFile(instance.paths.runFile)
    if (record && record.instanceId !== before) {
      const probe = await ask(record).catch(unreachableIsFine)
      if (probe?.ready && probe.instanceId === record.instanceId) return record
    }
    await check()
    await sleep(pollMs)
  }
  throw new GatewayError('service_failed', {
    details: { kind: 'slow', values: { seconds: limitMs / 1000 }, next: 'gateway status' },
  })
}

function ask(record: RunRecord): Promise<Probe> {
  return probeGateway({ ...recordAddress(record), timeoutMs: probeTimeoutMs })
}

function unreachableIsFine(error: unknown): undefined {
  if (error instanceof GatewayError && error.code === 'gateway_unreachable') return undefined
  throw error
}

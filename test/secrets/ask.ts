import type { Config } from '../../schemas/config/index.js'
import { systemClock } from '../../src/kernel/clock.js'
import { Stop } from '../../src/kernel/stop.js'
import { keyOf } from '../../src/secrets/pointer.js'
import { resolveAll } from '../../src/secrets/resolve.js'
import type { Environment, SecretPointer } from '../../src/secrets/types.js'

interface Options {
  readonly secrets?: Config['secrets']
  readonly env?: Environment
  readonly home?: string
  readonly signal?: Stop
}

/** What became of references: the value, or the code and the words of the failure. */
export async function askAll(refs: readonly SecretPointer[], options: Options = {}): Promise<unknown[]> {
  const { secrets, env = {}, home = '/nowhere', signal = new Stop() } = options
  const found = await resolveAll(refs, secrets, { env, home, clock: systemClock, signal })
  return refs.map((ref) => {
    const outcome = found.get(keyOf(ref))
    return outcome?.ok ? outcome.value : [outcome?.failure.code, outcome?.failure.message]
  })
}

export async function askOne(ref: SecretPointer, options: Options = {}): Promise<unknown> {
  return (await askAll([ref], options))[0]
}

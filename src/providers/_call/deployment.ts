import type { ResolvedModel } from '../../models/types.js'
import { type WriteOnce, writeOnce } from './body-text.js'
import { Failures } from './failures.js'
import type { Target } from './target.js'
import type { Wire } from './wire.js'

/** One resolved model at its upstream, with what has been learned of it. Lives as long as the resolved model. */
export interface Deployment<Q extends object = object> {
  readonly wire: Wire<Q>
  readonly target: Target
  readonly failures: Failures
  quirks: Q
  readonly once: WriteOnce
}

export function openDeployment<Q extends object>(wire: Wire<Q>, model: ResolvedModel): Deployment<Q> {
  const target = wire.target(model)
  return { wire, target, failures: new Failures(model, target.host, wire), quirks: wire.quirks, once: writeOnce() }
}

import type { ModelProvider, ProviderContext, ResolvedModel } from '../../models/types.js'
import { Pools } from '../_http/pools.js'
import { ModelCall } from './call.js'
import { type Deployment, openDeployment } from './deployment.js'
import { type EmbeddingWire, embedAll } from './embeddings.js'
import type { Wire } from './wire.js'

/** A provider that speaks over HTTP in this spelling. */
export function httpProvider<Q extends object>(
  context: ProviderContext,
  wire: Wire<Q>,
  embeddings?: EmbeddingWire,
): ModelProvider {
  const pools = new Pools()
  const deployments = new WeakMap<ResolvedModel, Deployment<Q>>()

  function deploymentOf(model: ResolvedModel): Deployment<Q> {
    const known = deployments.get(model)
    if (known) return known
    const deployment = openDeployment(wire, model)
    deployments.set(model, deployment)
    return deployment
  }

  return {
    call: (request, signal, emit) =>
      new ModelCall({ context, pools, request, signal, deployment: deploymentOf(request.model) }, emit).run(),
    ...(embeddings && {
      embed: (request, signal) =>
        embedAll({ context, pools, request, signal, deployment: deploymentOf(request.model), wire: embeddings }),
    }),
    close: () => pools.close(),
  }
}

import type { ModelProvider, ProviderContext, ResolvedModel } from '../models/types.js'
import { Pools } from './_http/pools.js'
import { ChatRun } from './_openai/chat-run.js'
import { type Deployment, openDeployment } from './_openai/deployment.js'
import { embedAll } from './_openai/embeddings.js'

/** The chat completions API of OpenAI and of the many servers that speak it. */
export default function openAiCompletions(context: ProviderContext): ModelProvider {
  const pools = new Pools()
  const deployments = new WeakMap<ResolvedModel, Deployment>()

  function deploymentOf(model: ResolvedModel): Deployment {
    const known = deployments.get(model) ?? openDeployment(model)
    deployments.set(model, known)
    return known
  }

  return {
    call: (request, signal, emit) =>
      new ChatRun({ context, pools, request, signal, deployment: deploymentOf(request.model) }, emit).run(),
    embed: (request, signal) => embedAll({ context, pools, request, signal, deployment: deploymentOf(request.model) }),
    close: () => pools.close(),
  }
}

import type { ModelProvider, ProviderContext } from '../models/types.js'
import { messagesApi } from './_anthropic/wire.js'
import { httpProvider } from './_call/provider.js'

/** The Messages API of Anthropic and of servers that speak it. It has no embeddings. */
export default function anthropicMessages(context: ProviderContext): ModelProvider {
  return httpProvider(context, messagesApi)
}

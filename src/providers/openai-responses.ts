import type { ModelProvider, ProviderContext } from '../models/types.js'
import { httpProvider } from './_call/provider.js'
import { openAiEmbeddings } from './_openai/embeddings.js'
import { responsesApi } from './_responses/wire.js'

/** The Responses API of OpenAI and of servers that speak it. Nothing is stored there: the conversation is ours. */
export default function openAiResponses(context: ProviderContext): ModelProvider {
  return httpProvider(context, responsesApi, openAiEmbeddings)
}

import type { ModelProvider, ProviderContext } from '../models/types.js'
import { httpProvider } from './_call/provider.js'
import { openAiEmbeddings } from './_openai/embeddings.js'
import { chatCompletions } from './_openai/wire.js'

/** The chat completions API of OpenAI and of the many servers that speak it. */
export default function openAiCompletions(context: ProviderContext): ModelProvider {
  return httpProvider(context, chatCompletions, openAiEmbeddings)
}

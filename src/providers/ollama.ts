import type { ModelProvider, ProviderContext } from '../models/types.js'
import { httpProvider } from './_call/provider.js'
import { ollamaEmbeddings } from './_ollama/embeddings.js'
import { ollamaChat } from './_ollama/wire.js'

/** Ollama's own API. Unlike its OpenAI-compatible one, it lets the caller say how large the context is. */
export default function ollama(context: ProviderContext): ModelProvider {
  return httpProvider(context, ollamaChat, ollamaEmbeddings)
}

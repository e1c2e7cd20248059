import type { ModelProvider, ProviderContext } from '../models/types.js'
import { httpProvider } from './_call/provider.js'
import { googleEmbeddings } from './_google/embeddings.js'
import { generateContent } from './_google/wire.js'

/** The Gemini API. */
export default function googleGenerativeAi(context: ProviderContext): ModelProvider {
  return httpProvider(context, generateContent, googleEmbeddings)
}

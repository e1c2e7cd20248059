import { type EmbeddingWire, readVector } from '../_call/embeddings.js'
import { asCount, asList } from '../_json.js'

/** `POST /api/embed`. */
export const ollamaEmbeddings: EmbeddingWire = {
  path: () => '/api/embed',
  body: ({ model, dimensions }, input) => ({ model: model.id, input, dimensions }),
  read(reply, count) {
    const vectors = asList(reply.embeddings).map((entry) => readVector(entry) ?? [])
    const isWhole = vectors.length === count && vectors.every(({ length }) => length > 0)
    return isWhole ? { vectors, tokens: asCount(reply.prompt_eval_count) } : undefined
  },
}

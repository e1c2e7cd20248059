import { type EmbeddingWire, readVector } from '../_call/embeddings.js'
import { asList, asRecord } from '../_json.js'
import { modelPath } from './wire.js'

/** `POST /models/<id>:batchEmbedContents`. */
export const googleEmbeddings: EmbeddingWire = {
  path: ({ model }) => modelPath(model, 'batchEmbedContents'),
  body: ({ model, dimensions }, input) => ({
    requests: input.map((text) => ({
      model: model.id.includes('/') ? model.id : `models/${model.id}`,
      content: { parts: [{ text }] },
      ...(dimensions !== undefined && { outputDimensionality: dimensions }),
    })),
  }),
  read(reply, count) {
    const vectors = asList(reply.embeddings).flatMap((entry) => [readVector(asRecord(entry)?.values) ?? []])
    const isWhole = vectors.length === count && vectors.every(({ length }) => length > 0)
    return isWhole ? { vectors, tokens: undefined } : undefined
  },
}

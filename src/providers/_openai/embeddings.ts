import { type EmbeddedBatch, type EmbeddingWire, readVector } from '../_call/embeddings.js'
import { asCount, asList, asRecord, type Json } from '../_json.js'

/** `POST /embeddings` as OpenAI spells it. */
export const openAiEmbeddings: EmbeddingWire = {
  path: () => '/embeddings',
  body: ({ model, dimensions }, input) => ({ model: model.id, input, encoding_format: 'float', dimensions }),
  read: readBatch,
}

function readBatch(reply: Json, count: number): EmbeddedBatch | undefined {
  const vectors: number[][] = []
  for (const [position, entry] of asList(reply.data).entries()) {
    const row = asRecord(entry)
    const vector = readVector(row?.embedding)
    const index = asCount(row?.index) ?? position
    if (!vector || !Number.isInteger(index) || index >= count) return undefined
    vectors[index] = vector
  }
  if (Object.keys(vectors).length !== count) return undefined
  return { vectors, tokens: asCount(asRecord(reply.usage)?.prompt_tokens) }
}

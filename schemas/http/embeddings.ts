import { stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'
import { named, optional, ref } from './named.js'

export const EmbeddingRequest = named(
  'EmbeddingRequest',
  Type.Object(
    {
      model: Type.String({ description: 'An agent, as in chat completions; its embedding model answers.' }),
      input: Type.Union([
        Type.String({ minLength: 1 }),
        Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 2048 }),
      ]),
      dimensions: optional(Type.Integer({ minimum: 1 })),
      encoding_format: optional(stringEnum(['float', 'base64'])),
      user: optional(Type.String()),
    },
    { additionalProperties: true, description: 'Texts to turn into vectors; token arrays are not accepted.' },
  ),
)
export type EmbeddingRequest = Static<typeof EmbeddingRequest>

export const Embedding = named(
  'Embedding',
  Type.Object({
    object: stringEnum(['embedding']),
    index: Type.Integer(),
    embedding: Type.Union([
      Type.Array(Type.Number()),
      Type.String({ description: 'Little-endian float32, base64, when `encoding_format` is `base64`.' }),
    ]),
  }),
)

export const EmbeddingList = named(
  'EmbeddingList',
  Type.Object({
    object: stringEnum(['list']),
    data: Type.Array(ref(Embedding)),
    model: Type.String(),
    usage: Type.Object({ prompt_tokens: Type.Integer(), total_tokens: Type.Integer() }),
  }),
)
export type EmbeddingList = Static<typeof EmbeddingList>

import { SecretRef } from './primitives.js'
import { Type } from './type.js'

const target = Type.Object(
  {
    type: Type.String({ description: 'Kind of field, e.g. models.providers.apiKey; must fit the path.' }),
    path: Type.String({ description: 'Config path, or profiles.<id>.<field> of an agent.', minLength: 1 }),
    pathSegments: Type.Optional(Type.Array(Type.String(), { description: 'The path in steps, where keys hold dots.' })),
    providerId: Type.Optional(Type.String({ description: 'Model provider of the field.' })),
    agentId: Type.Optional(Type.String({ description: 'Agent whose accounts are meant.' })),
    ref: SecretRef,
  },
  { additionalProperties: false },
)

/** What `openclaw secrets apply` carries out (spec/config.md section 5.8). It holds no secret. */
export const SecretsPlan = Type.Object(
  {
    version: Type.Literal(1),
    protocolVersion: Type.Literal(1),
    generatedAt: Type.Optional(Type.String()),
    generatedBy: Type.Optional(Type.String()),
    providerUpserts: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    providerDeletes: Type.Optional(Type.Array(Type.String())),
    targets: Type.Array(target, { maxItems: 10_000 }),
    options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
)

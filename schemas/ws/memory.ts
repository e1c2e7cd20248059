import { stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const agentId = Type.Optional(Type.String({ minLength: 1, description: 'The default agent when absent.' }))
const count = (description: string) => Type.Integer({ minimum: 0, description })

export const MemorySearchParams = Type.Object({
  query: Type.String({ minLength: 1, maxLength: 1_000 }),
  agentId,
  maxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
  minScore: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
})
export const MemorySearchResult = Type.Object({
  agentId: Type.String(),
  mode: stringEnum(['keyword', 'hybrid']),
  model: Type.Optional(Type.String({ description: 'The embedding model, when one took part.' })),
  results: Type.Array(
    Type.Object({
      path: Type.String(),
      startLine: count('From 1.'),
      endLine: count('From 1.'),
      score: Type.Number(),
      snippet: Type.String(),
      heading: Type.String({ description: 'The headings that it stands under.' }),
    }),
  ),
  notes: Type.Array(Type.String({ description: 'What was not as it should be.' })),
})

export const DoctorMemoryStatusParams = Type.Object({
  agentId,
  probe: Type.Optional(Type.Boolean({ description: 'Asks the embedding model for one vector.' })),
  deep: Type.Optional(Type.Boolean({ description: 'The same.' })),
  index: Type.Optional(Type.Boolean({ description: 'Brings the index up to date first.' })),
  force: Type.Optional(Type.Boolean({ description: 'With `index`: every file is read again.' })),
})
export const DoctorMemoryStatusResult = Type.Object({
  agentId: Type.String(),
  enabled: Type.Boolean(),
  workspace: Type.String(),
  provider: Type.Optional(Type.String({ description: 'The embedding model.' })),
  embedding: Type.Object({
    ok: Type.Boolean(),
    checked: Type.Boolean(),
    error: Type.Optional(Type.String()),
  }),
  files: count('Files in the index.'),
  chunks: count('Chunks in the index.'),
  withoutVector: count('Chunks that have no vector of the embedding model; 0 without one.'),
  changed: Type.Optional(count('Files that were read anew; with `index`.')),
  removed: Type.Optional(count('Files that were gone; with `index`.')),
  problems: Type.Array(Type.String({ description: 'Files that are left out, and why; with `index`.' })),
})

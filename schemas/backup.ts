import { stringEnum } from './primitives.js'
import { type Static, Type } from './type.js'

const path = (description: string) => Type.String({ description, minLength: 1, maxLength: 4096 })

const file = Type.Object(
  {
    path: path('Where it is in the archive, with "/".'),
    size: Type.Integer({ minimum: 0, description: 'Bytes.' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    mode: Type.Integer({ minimum: 0, maximum: 0o777, description: 'Permissions of the original.' }),
    secret: Type.Optional(Type.Boolean({ description: 'Keys, tokens or conversations may be in it.' })),
  },
  { additionalProperties: false },
)

/** `manifest.json`, the first file of every backup. What is not listed here is not in a whole archive. */
export const BackupManifest = Type.Object({
  format: Type.Literal('openclaw-backup'),
  schemaVersion: Type.Literal(1),
  /** ISO 8601, UTC. */
  createdAt: Type.String({ maxLength: 40 }),
  version: Type.String({ maxLength: 100, description: 'Version of the program that wrote it.' }),
  profile: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$' }),
  scope: stringEnum(['full', 'config'], { description: 'config: the config alone.' }),
  paths: Type.Object({
    home: path('Home directory of the user.'),
    state: path('State directory.'),
    config: path('Config file.'),
    workspace: path('Where the default agent of this profile works by itself.'),
  }),
  workspaces: Type.Array(path('A workspace; its place in the list is its folder in the archive.'), { maxItems: 1000 }),
  files: Type.Array(file, { maxItems: 500_000 }),
  folders: Type.Optional(Type.Array(path('A folder without files, with "/".'), { maxItems: 500_000 })),
  skipped: Type.Array(Type.Object({ path: path('Where.'), why: Type.String({ maxLength: 40 }) })),
})

export type BackupManifest = Static<typeof BackupManifest>
export type BackupFile = Static<typeof file>

import { type Static, Type } from '../type.js'

export const Attachment = Type.Object({
  type: Type.Optional(Type.String()),
  mimeType: Type.Optional(Type.String()),
  fileName: Type.Optional(Type.String()),
  content: Type.Optional(Type.Unknown({ description: 'Base64, or a data: URL. Images only.' })),
})
export type Attachment = Static<typeof Attachment>

export const attachments = Type.Optional(Type.Array(Attachment, { maxItems: 32 }))

import { type Static, Type } from '@sinclair/typebox'
import { named, ref, words } from './named.js'

export const Model = named(
  'Model',
  Type.Object({
    id: Type.String({ description: '`openclaw`, `openclaw/default` or `openclaw/<agent>`.' }),
    object: words(['model']),
    created: Type.Integer({ description: 'Seconds since the epoch: when this gateway started.' }),
    owned_by: Type.String(),
  }),
)
export type Model = Static<typeof Model>

export const ModelList = named('ModelList', Type.Object({ object: words(['list']), data: Type.Array(ref(Model)) }))

import { stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'
import { named, ref } from './named.js'

export const Model = named(
  'Model',
  Type.Object({
    id: Type.String({ description: '`openclaw`, `openclaw/default` or `openclaw/<agent>`.' }),
    object: stringEnum(['model']),
    created: Type.Integer({ description: 'Seconds since the epoch: when this gateway started.' }),
    owned_by: Type.String(),
  }),
)
export type Model = Static<typeof Model>

export const ModelList = named('ModelList', Type.Object({ object: stringEnum(['list']), data: Type.Array(ref(Model)) }))

import { Type } from '../../schemas/type.js'
import { family, method } from './_method.js'

const Providers = Type.Object({ ready: Type.Boolean(), providers: Type.Array(Type.Unknown()) })
const none = { ready: false, providers: [] }

/** Official pages ask before they offer voice; there is none. */
export default family({
  'talk.catalog': method({
    summary: 'What voice conversations could use',
    description: 'This version has no voice.',
    scope: 'operator.read',
    params: Type.Object({}),
    result: Type.Object({
      modes: Type.Array(Type.String()),
      transports: Type.Array(Type.String()),
      brains: Type.Array(Type.String()),
      speech: Providers,
      transcription: Providers,
      realtime: Providers,
    }),
    handler: () => ({ modes: [], transports: [], brains: [], speech: none, transcription: none, realtime: none }),
  }),
})

export { readSecret } from '../secrets/read.js'
export type { Environment, SecretLookup, SecretPointer, SecretValue } from '../secrets/types.js'

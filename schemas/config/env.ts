import { SecretText } from '../primitives.js'
import { flag, int, mapOf, section } from './words.js'

export const env = section('Environment of the gateway.', {
  vars: mapOf('Variables; one that is already set keeps its value.', SecretText(), '^[A-Za-z_][A-Za-z0-9_]*$'),
  shellEnv: section('Missing variables from the login shell.', {
    enabled: flag('Read them.', false),
    timeoutMs: int('Longest read in milliseconds.', { default: 15_000 }),
  }),
})

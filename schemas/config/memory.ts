import { memorySearchKeys } from './agent-keys.js'
import { openSection, secret, text } from './words.js'

export const memory = openSection('Memory.', {
  search: openSection('Search over memory files.', {
    ...memorySearchKeys,
    remote: openSection('Where embeddings are made, when not where the provider is set up.', {
      apiKey: secret('Key.'),
      baseUrl: text('URL.'),
    }),
  }),
})

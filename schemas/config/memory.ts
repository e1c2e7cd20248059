import { flag, openSection, secret, text, texts } from './words.js'

export const memory = openSection('Memory.', {
  search: openSection('Search over memory files.', {
    enabled: flag('Index and search.'),
    extraPaths: texts('Further files and folders.'),
    remote: openSection('Remote embeddings.', { apiKey: secret('Key.'), baseUrl: text('URL.') }),
  }),
})

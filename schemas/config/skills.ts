import { SecretText } from '../primitives.js'
import { flag, json, mapOf, openSection, secret, section, texts } from './words.js'

export const skills = section('Skills.', {
  allowBundled: texts('Only these of the bundled ones.'),
  load: openSection('Where they lie.', { extraDirs: texts('Further folders.'), watch: flag('Reload on change.') }),
  install: openSection('Installation.', {}),
  entries: mapOf(
    'Skills by name.',
    section('One skill.', {
      enabled: flag('Offer it.'),
      apiKey: secret('Its key.'),
      env: mapOf('Environment.', SecretText()),
      config: json('Its settings.'),
    }),
  ),
  limits: openSection('Limits.', {}),
})

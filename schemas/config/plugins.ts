import { SecretText } from '../primitives.js'
import { Type } from '../type.js'
import { flag, json, mapOf, openSection, section, texts } from './words.js'

export const plugins = section('Plugins.', {
  enabled: flag('Load plugins.'),
  allow: texts('Only these.'),
  deny: texts('Never these.'),
  load: section('Where they lie.', { paths: texts('Further folders.') }),
  slots: mapOf('Plugin for a role.', Type.String()),
  entries: mapOf(
    'Plugins by id.',
    openSection('One plugin.', {
      enabled: flag('Load it.'),
      config: json('Its settings.'),
      env: mapOf('Environment.', SecretText()),
    }),
  ),
  installs: json('Bookkeeping of installed plugins.'),
})

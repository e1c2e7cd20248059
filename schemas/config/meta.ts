import { Type } from '../type.js'
import { either, json, openSection, text } from './words.js'

export const meta = openSection('Bookkeeping of this file.', {
  lastTouchedVersion: text('Version that wrote it last.'),
  lastTouchedAt: either('Time of the last write.', [Type.String(), Type.Number()]),
  migrations: json('Migrations that ran.'),
})

import { Type } from '../type.js'
import { list, section, sectionWith, text } from './words.js'

export const security = section('Security audit.', {
  audit: section('Findings.', {
    suppressions: list(
      'Findings that are accepted.',
      sectionWith(
        'One finding.',
        { checkId: Type.String({ description: 'Id of the check.' }), reason: Type.String({ description: 'Why.' }) },
        {
          titleIncludes: text('Only when the title has this.'),
          detailIncludes: text('Only when the detail has this.'),
        },
      ),
    ),
  }),
})

import t from 'tap'
import { isTemplate, literalStart, renderTemplate } from '../../../src/automation/hooks/template.js'

const facts = {
  payload: {
    text: 'hello',
    count: 0,
    off: false,
    nothing: null,
    deep: { list: [{ name: 'first' }, { name: 'second' }], 'with-dash': 'dash' },
    template: '{{text}}',
    now: 'not this',
  },
  headers: { 'x-event': 'push' },
  query: { k: 'v', many: ['a', 'b'] },
  path: 'github',
  now: 0,
}

const rows: [template: string, expected: string][] = [
  ['plain', 'plain'],
  ['{{text}}', 'hello'],
  ['a {{ text }} b', 'a hello b'],
  ['{{payload.text}}', 'hello'],
  ['{{deep.list[0].name}} {{deep.list[1].name}}', 'first second'],
  ['{{deep.with-dash}}', 'dash'],
  ['{{deep.list}}', '[{"name":"first"},{"name":"second"}]'],
  ['{{count}} {{off}}', '0 false'],
  ['[{{nothing}}{{missing}}{{deep.list[9].name}}{{text.length}}]', '[]'],
  ['{{headers.x-event}} {{headers.X-Event}} {{headers.none}}', 'push push '],
  ['{{query.k}} {{query.many[1]}}', 'v b'],
  ['{{path}}', 'github'],
  ['{{now}}', '1970-01-01T00:00:00.000Z'],
  ['{{template}}', '{{text}}'],
  ['{{__proto__}}{{constructor.name}}{{deep.list.length}}{{toString}}', '2'],
  ['{{}}{{ }}{{a..b}}{{[0]}}{{deep.list[x]}}', ''],
  ['{{text', '{{text'],
]

for (const [template, expected] of rows) {
  t.equal(renderTemplate(template, facts), expected, template)
}

t.equal(renderTemplate('{{text}}'.repeat(100_000), facts).length, 200_000, 'a text has its limit')
t.equal(literalStart('hook:{{id}}:x'), 'hook:')
t.equal(isTemplate('hook:x'), false)
t.equal(isTemplate('{{x}}'), true)

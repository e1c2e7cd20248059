import fc from 'fast-check'
import JSON5 from 'json5'
import t from 'tap'
import { applyEdits, type Step, stepsBetween } from '../../src/config/edits.js'
import { setAt, unsetAt } from '../../src/config/json5/edit.js'
import { toValue } from '../../src/config/json5/node.js'
import { parseJson5 } from '../../src/config/json5/parse.js'
import { equalDeep, isTree, type Tree } from '../../src/config/tree.js'

const key = fc.oneof(
  fc.constantFrom('a', 'b', 'gateway', 'x.y', '*', '中文', 'a b', '$k', ''),
  fc.string({ maxLength: 3 }),
)
const scalar = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
)
const { value, tree } = fc.letrec<{ value: unknown; tree: Tree }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 4 }), tie('tree')),
  tree: fc.dictionary(
    key.filter((name) => name !== '__proto__'),
    tie('value'),
    { maxKeys: 4 },
  ),
}))

/** Writes a value as a person might: comments, odd blanks, bare keys, trailing commas, any line ends. */
function scribble(value: unknown, choose: () => number, comments: string[]): string {
  const gap = () => {
    const pick = choose() % 9
    if (pick > 3) return ['', ' ', '\n', '\r\n\t', ' \n  '][pick - 4] ?? ''
    const mark = `c${comments.length}`
    comments.push(mark)
    return [` /* ${mark} */ `, ` // ${mark}\n`, `\n  // ${mark} , }\r\n`, `/*${mark}\n*/`][pick] ?? ''
  }
  const keyText = (name: string) => (/^[a-z$]+$/i.test(name) && choose() % 2 ? name : JSON5.stringify(name))
  if (!Array.isArray(value) && !isTree(value))
    return typeof value === 'string' && choose() % 2 ? JSON.stringify(value) : (JSON5.stringify(value) ?? 'null')
  const parts = Array.isArray(value)
    ? value.map((item) => scribble(item, choose, comments))
    : Object.entries(value).map(
        ([name, item]) => `${keyText(name)}${gap()}:${gap()}${scribble(item, choose, comments)}`,
      )
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  const tail = parts.length > 0 && choose() % 2 ? ',' : ''
  const inner = parts.map((part, index) => `${index > 0 ? `,${gap()}` : ''}${part}${gap()}`)
  return `${open}${gap()}${inner.join('')}${tail}${tail && gap()}${close}`
}

function apply(text: string, steps: readonly Step[]): string {
  return steps.reduce(
    (now, step) => (step.op === 'set' ? setAt(now, step.path, step.value) : (unsetAt(now, step.path) ?? now)),
    text,
  )
}

t.test('editing a text from one value to another gives the other, for any layout', async () => {
  fc.assert(
    fc.property(tree, tree, fc.array(fc.nat(), { minLength: 7, maxLength: 40 }), (before, after, choices) => {
      let at = 0
      const text = scribble(before, () => choices[at++ % choices.length] ?? 0, [])
      const edited = apply(text, stepsBetween(before, after))
      return equalDeep(toValue(parseJson5(edited)), after) && equalDeep(JSON5.parse(edited), after)
    }),
    { numRuns: 1500 },
  )
})

t.test('comments survive every set of a plain value, and every unset of one', async () => {
  fc.assert(
    fc.property(
      tree,
      key.filter((name) => name !== '__proto__'),
      scalar,
      fc.array(fc.nat(), { minLength: 7, maxLength: 40 }),
      (before, name, value, choices) => {
        let at = 0
        const comments: string[] = []
        const text = scribble(before, () => choices[at++ % choices.length] ?? 0, comments)
        const plain = typeof before[name] !== 'object' || before[name] === null
        if (!plain) return true
        const set = setAt(text, [name], value)
        const unset = unsetAt(text, [name]) ?? text
        // A comment between the key and its value goes with the value when both are removed.
        const own = /[:]/.test(text) ? commentsWithin(text, name) : []
        return (
          comments.every((mark) => set.includes(mark)) &&
          comments.every((mark) => unset.includes(mark) || own.includes(mark))
        )
      },
    ),
    { numRuns: 1500 },
  )
})

function commentsWithin(text: string, name: string): string[] {
  const root = parseJson5(text)
  const members = root.kind === 'object' ? root.members.filter((member) => member.key === name) : []
  return members.flatMap((member) => text.slice(member.keyStart, member.value.end).match(/c\d+/g) ?? [])
}

t.test('what is not edited keeps its bytes', async () => {
  fc.assert(
    fc.property(tree, fc.array(fc.nat(), { minLength: 7, maxLength: 40 }), (before, choices) => {
      let at = 0
      const text = scribble(before, () => choices[at++ % choices.length] ?? 0, [])
      return apply(text, stepsBetween(before, structuredClone(before))) === text
    }),
    { numRuns: 300 },
  )
})

t.test('the steps between two values do what the edits do', async () => {
  fc.assert(
    fc.property(tree, value, fc.constantFrom('a', 'b', 'gateway'), (before, patch, name) => {
      const after = applyEdits(before, [{ op: 'merge', path: [name], value: patch }])
      return equalDeep(applyEdits(before, stepsBetween(before, after)), after)
    }),
    { numRuns: 1000 },
  )
})

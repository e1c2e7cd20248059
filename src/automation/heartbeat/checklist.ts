/** What says nothing: headings, empty list items and checkboxes, fence marks, rules. */
const empty = /^\s*(?:#.*|(?:[-*+]|\d+[.)])?\s*(?:\[[ xX]?\])?|`{3,}.*|~{3,}.*|-{3,}|\*{3,}|_{3,})\s*$/

/** True for a HEARTBEAT.md that lists nothing to look at (spec/runtime.md 6.1): a model need not be asked. */
export function isEmptyChecklist(text: string): boolean {
  return text
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .split('\n')
    .every((line) => empty.test(line))
}

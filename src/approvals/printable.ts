/** Characters that change how a line looks without being seen: controls, and marks of direction. */
const hidden =
  /[\p{Cc}\u00AD\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\u{E0000}-\u{E007F}]/gu

/** A command as it can be shown to whoever approves it: nothing in it is invisible or turned around. */
export function printable(command: string): { readonly text: string; readonly warning: string | undefined } {
  let found = false
  const text = command.replace(hidden, (char) => {
    if (char === '\n' || char === '\t') return char
    found = true
    return `\\u{${char.codePointAt(0)?.toString(16)}}`
  })
  return { text, warning: found ? 'The command holds invisible characters; they are shown as \\u{...}.' : undefined }
}

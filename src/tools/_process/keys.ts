/** Names of keys, as tmux knows them, and what a terminal sends for them. */
const named: Readonly<Record<string, string>> = {
  enter: '\r',
  return: '\r',
  tab: '\t',
  escape: '\x1b',
  esc: '\x1b',
  space: ' ',
  backspace: '\x7f',
  bspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  insert: '\x1b[2~',
  delete: '\x1b[3~',
}

const functionKeys = ['OP', 'OQ', 'OR', 'OS', '[15~', '[17~', '[18~', '[19~', '[20~', '[21~', '[23~', '[24~']

/** What the keys send: names (`Enter`, `Up`, `F5`), `C-c` for Ctrl, `M-x` for Alt, or single characters. */
export function keySequence(keys: readonly string[]): string | undefined {
  const parts = keys.map(sequenceOf)
  return parts.includes(undefined) ? undefined : parts.join('')
}

function sequenceOf(key: string): string | undefined {
  const known = named[key.toLowerCase()]
  if (known !== undefined) return known
  const number = /^f(\d{1,2})$/i.exec(key)?.[1]
  if (number !== undefined) return functionKeys[Number(number) - 1] && `\x1b${functionKeys[Number(number) - 1]}`
  const control = /^(?:C-|\^|ctrl[+-])([a-z@[\]\\^_?])$/i.exec(key)?.[1]
  if (control !== undefined)
    return control === '?' ? '\x7f' : String.fromCharCode(control.toUpperCase().charCodeAt(0) & 31)
  const alt = /^(?:M-|alt[+-])(.+)$/i.exec(key)?.[1]
  if (alt !== undefined) {
    const rest = sequenceOf(alt)
    return rest && `\x1b${rest}`
  }
  return [...key].length === 1 ? key : undefined
}

/** Bytes from pairs of hex digits, e.g. `1b 5b 41`; undefined when they are none. */
export function hexBytes(hex: readonly string[]): Buffer | undefined {
  const digits = hex.join('').replace(/0x|[\s,]/gi, '')
  return digits !== '' && /^(?:[0-9a-f]{2})+$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined
}

/** Text as a terminal marks it when it is pasted, so that line breaks in it are not taken for Enter. */
export function pasted(text: string): string {
  return `\x1b[200~${text.replaceAll('\x1b[201~', '')}\x1b[201~`
}

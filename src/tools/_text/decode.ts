/** A text file apart from its byte order mark. */
export interface TextFile {
  readonly bom: boolean
  /** With the line ends that it has. */
  readonly text: string
}

const BOM = '\ufeff'
/** As in git: a NUL this early means that a file is no text. */
const PROBE_BYTES = 8_000

/** Undefined when the bytes are not UTF-8 text: to change such a file as text would destroy it. */
export function decodeText(data: Buffer): TextFile | undefined {
  if (isBinary(data)) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
    return text.startsWith(BOM) ? { bom: true, text: text.slice(1) } : { bom: false, text }
  } catch {
    return undefined
  }
}

export function encodeText({ bom, text }: TextFile): string {
  return bom ? BOM + text : text
}

export function isBinary(data: Buffer): boolean {
  return data.subarray(0, PROBE_BYTES).includes(0)
}

/** The line end of a text: that of its first line; `\n` when it has one line. */
export function lineEndOf(text: string): '\n' | '\r\n' {
  const at = text.indexOf('\n')
  return at > 0 && text[at - 1] === '\r' ? '\r\n' : '\n'
}

export function toLf(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

import type { ToolFiles, ToolResult } from '../_types.js'
import { decodeText, type TextFile } from './decode.js'

/** Largest file that is changed as text, in bytes. */
export const MAX_TEXT_BYTES = 10 * 1024 * 1024

/** A file to be changed as text, or in words why it cannot. Throws what `read` throws. */
export async function readText(files: ToolFiles, path: string): Promise<TextFile | string> {
  const data = await files.read(path, { maxBytes: MAX_TEXT_BYTES })
  return decodeText(data) ?? `"${path}" is not UTF-8 text. Change it with a command.`
}

export function failed(text: string): ToolResult {
  return { content: [{ type: 'text', text }], isError: true }
}

export function said(text: string, details: Readonly<Record<string, unknown>>): ToolResult {
  return { content: [{ type: 'text', text }], details }
}

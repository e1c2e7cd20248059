import type { ResponseInputPart } from '../../../schemas/http/responses.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { ContentPart } from '../../../src/models/types.js'

/** Spec/http.md 7.1, limits. */
const maxBytes = 5 * 1024 * 1024
const textTypes = ['text/plain', 'text/markdown', 'text/html', 'text/csv', 'application/json']
const typeOfEnding: Readonly<Record<string, string>> = {
  txt: 'text/plain',
  md: 'text/markdown',
  html: 'text/html',
  csv: 'text/csv',
  json: 'application/json',
}

/** Reads a text file that a caller sends along; the model gets it as quoted text under its name. */
export function readFile(part: ResponseInputPart, path: string): ContentPart {
  const { source, file_id: fileId, file_url: fileUrl } = part
  if (fileId) throw noFileStore(`${path}.file_id`)
  if (fileUrl || source?.url) {
    const message = 'Files are not fetched from URLs. Send the content as file_data.'
    throw new GatewayError('unsupported_parameter', { message, param: `${path}.file_url` })
  }
  const name = (part.filename ?? source?.filename ?? 'file').slice(0, 200)
  const param = source ? `${path}.source.data` : `${path}.file_data`
  const data = part.file_data ?? source?.data
  if (!data) throw new GatewayError('invalid_request', { message: `\`${param}\` is required.`, param })
  const match = /^data:([^;,]+)?(?:;[^,]*)?,(.*)$/s.exec(data)
  const type =
    match?.[1] ?? source?.media_type ?? typeOfEnding[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'unknown'
  if (!textTypes.includes(type)) {
    const message = `Files of type "${type.slice(0, 60)}" are not supported. Send one of ${textTypes.join(', ')}.`
    throw new GatewayError('unsupported_value', { message, param })
  }
  return { type: 'text', text: quoted(name, textOf(match?.[2] ?? data, param)) }
}

function textOf(base64: string, param: string): string {
  if (base64.length * 0.75 > maxBytes + 3) {
    throw new GatewayError('invalid_request', {
      message: `A file is larger than ${maxBytes} bytes. Send a smaller one.`,
      param,
    })
  }
  const bytes = Buffer.from(base64, 'base64')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new GatewayError('invalid_request', { message: 'The file is not UTF-8 text.', param })
  }
}

/** What stands in the file cannot end the quotation: the mark is the longest run of backticks in it, and one more. */
function quoted(name: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length))
  const fence = '`'.repeat(longest + 1)
  return `File "${name.replaceAll('"', "'")}":\n${fence}\n${text}\n${fence}`
}

export function noFileStore(param: string): GatewayError {
  const message = 'This gateway keeps no uploaded files. Send the content itself.'
  return new GatewayError('unsupported_parameter', { message, param })
}

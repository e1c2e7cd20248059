import { TextDecoder } from 'node:util'

/** A page says what it is written in near its beginning. */
const PROBE_BYTES = 4_096
const inContentType = /charset\s*=\s*["']?([\w-]+)/i
const inMeta = /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i
const inXml = /^\s*<\?xml[^>]+encoding\s*=\s*["']([\w-]+)/i

/** The text of a body: by its byte order mark, its content type, what the page says, else UTF-8. */
export function decodeBody(body: Buffer, contentType: string): string {
  const probe = body.subarray(0, PROBE_BYTES).toString('latin1')
  const named = inContentType.exec(contentType)?.[1] ?? inMeta.exec(probe)?.[1] ?? inXml.exec(probe)?.[1]
  return decoder(markOf(body) ?? named).decode(body)
}

function markOf(body: Buffer): string | undefined {
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le'
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be'
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 'utf-8' : undefined
}

function decoder(name = 'utf-8'): TextDecoder {
  try {
    return new TextDecoder(name)
  } catch {
    return new TextDecoder()
  }
}

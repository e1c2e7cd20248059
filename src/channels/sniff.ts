interface Kind {
  readonly mime: string
  readonly extension: string
}

const unknown: Kind = { mime: 'application/octet-stream', extension: 'bin' }

/** First bytes of files, in latin1, at an offset (each format's own specification). */
const signatures: readonly (readonly [offset: number, bytes: string, kind: Kind])[] = [
  [0, '\xff\xd8\xff', { mime: 'image/jpeg', extension: 'jpg' }],
  [0, '\x89PNG\r\n\x1a\n', { mime: 'image/png', extension: 'png' }],
  [0, 'GIF8', { mime: 'image/gif', extension: 'gif' }],
  [8, 'WEBP', { mime: 'image/webp', extension: 'webp' }],
  [0, '%PDF-', { mime: 'application/pdf', extension: 'pdf' }],
  [0, 'OggS', { mime: 'audio/ogg', extension: 'ogg' }],
  [0, 'ID3', { mime: 'audio/mpeg', extension: 'mp3' }],
  [8, 'WAVE', { mime: 'audio/wav', extension: 'wav' }],
  [4, 'ftypM4A', { mime: 'audio/mp4', extension: 'm4a' }],
  [4, 'ftyp', { mime: 'video/mp4', extension: 'mp4' }],
  [0, '\x1aE\xdf\xa3', { mime: 'video/webm', extension: 'webm' }],
  [0, 'PK\x03\x04', { mime: 'application/zip', extension: 'zip' }],
]

/** What a file is by its first bytes; text when it reads as UTF-8. */
export function sniffMedia(bytes: Uint8Array): Kind {
  const head = Buffer.from(bytes.subarray(0, 64)).toString('latin1')
  const found = signatures.find(([offset, mark]) => head.startsWith(mark, offset))
  if (found) return found[2]
  const sample = bytes.subarray(0, 4096)
  try {
    // A character may be cut at the end of the sample.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true })
    return text.includes('\0') || text === '' ? unknown : { mime: 'text/plain', extension: 'txt' }
  } catch {
    return unknown
  }
}

import { GatewayError } from '../kernel/errors.js'

/** Longest input that is read, in bytes. */
const maxBytes = 4 * 1024 * 1024

/** All of standard input as text. Throws `request_too_large`. */
export async function readStdin(stdin: AsyncIterable<string | Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stdin) {
    const data = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk
    bytes += data.length
    if (bytes > maxBytes)
      throw new GatewayError('request_too_large', { message: 'Standard input is larger than 4 MB.' })
    chunks.push(data)
  }
  return Buffer.concat(chunks).toString('utf8')
}

import { fetch } from 'undici'
import { ChannelFailure } from './port.js'

export interface Download {
  readonly url: string
  readonly maxBytes: number
  readonly signal: AbortSignal
  readonly headers?: Readonly<Record<string, string>>
}

/** Reads a file of a platform, at most `maxBytes`. Goes where the platform says and nowhere on from there. */
export async function download({ url, maxBytes, signal, headers = {} }: Download): Promise<Uint8Array> {
  const response = await fetch(url, { signal, headers, redirect: 'error' }).catch(() => {
    throw new ChannelFailure('network', 'the file could not be read')
  })
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    throw new ChannelFailure('refused', `the file server says ${response.status}`)
  }
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength
    if (bytes > maxBytes) throw new ChannelFailure('refused', 'the file is too large')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

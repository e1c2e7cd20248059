import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

export interface Decoded {
  data(chunk: Buffer): void
  end(): void
  fail(message: string): void
}

export interface Decoder {
  write(chunk: Buffer): void
  end(): void
  destroy(): void
}

/**
 * We ask for plain text (`accept-encoding: identity`), but some proxies compress all the same. Gives undefined when
 * nothing needs decoding. Flushes at every chunk, so a compressed stream still streams.
 */
export function openDecoder(encoding: string | string[], sink: Decoded): Decoder | undefined {
  const name = String(encoding).toLowerCase()
  if (name === 'identity' || name === '') return undefined
  const stream =
    name === 'gzip' || name === 'x-gzip'
      ? createGunzip({ flush: constants.Z_SYNC_FLUSH })
      : name === 'deflate'
        ? createInflate({ flush: constants.Z_SYNC_FLUSH })
        : name === 'br'
          ? createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
          : undefined
  if (!stream) return refuse(name, sink)
  stream.on('data', (chunk: Buffer) => sink.data(chunk))
  stream.on('end', () => sink.end())
  stream.on('error', (error) => sink.fail(error.message))
  return {
    write: (chunk) => void stream.write(chunk),
    end: () => void stream.end(),
    destroy: () => void stream.destroy(),
  }
}

function refuse(name: string, sink: Decoded): Decoder {
  const fail = () => sink.fail(`unknown content-encoding "${name.slice(0, 40)}"`)
  return { write: fail, end: fail, destroy() {} }
}

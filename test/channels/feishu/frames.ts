/** Frames of Feishu's long connection: protobuf, of which a test needs no more than this. */
export interface Frame {
  readonly method: number
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
}

const field = (number: number, type: 0 | 2) => Buffer.from([(number << 3) | type])

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return Buffer.from([...bytes, rest])
}

const counted = (number: number, bytes: Buffer) => Buffer.concat([field(number, 2), varint(bytes.length), bytes])

export function encodeFrame({ method, headers, payload }: Frame): Buffer {
  const numbers = [1, 2, 3].map((number) => Buffer.concat([field(number, 0), varint(1)]))
  const pairs = Object.entries(headers).map(([key, value]) =>
    counted(5, Buffer.concat([counted(1, Buffer.from(key)), counted(2, Buffer.from(value))])),
  )
  const rest = [Buffer.concat([field(4, 0), varint(method)]), ...pairs, counted(8, Buffer.from(payload))]
  return Buffer.concat([...numbers, ...rest])
}

export function decodeFrame(bytes: Buffer): Frame {
  const headers: Record<string, string> = {}
  let method = 0
  let payload = ''
  for (const [number, value] of fieldsOf(bytes)) {
    if (number === 4) method = Number(value)
    if (number === 8) payload = String(value)
    if (number !== 5) continue
    const pair = new Map(fieldsOf(value as Buffer).map(([part, text]) => [part, String(text)]))
    headers[pair.get(1) ?? ''] = pair.get(2) ?? ''
  }
  return { method, headers, payload }
}

function fieldsOf(bytes: Buffer): [number, Buffer | number][] {
  const found: [number, Buffer | number][] = []
  let at = 0
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  while (at < bytes.length) {
    const tag = number()
    const value = number()
    if ((tag & 7) === 0) found.push([tag >> 3, value])
    else {
      found.push([tag >> 3, bytes.subarray(at, at + value)])
      at += value
    }
  }
  return found
}

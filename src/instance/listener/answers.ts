import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { type ErrorCode, errorTable } from '../../kernel/errors.js'

/** What the listener says before an app has the request: the same envelope as everywhere under /v1. */
function bodyOf(code: ErrorCode): string {
  const { message, type } = errorTable[code]
  return JSON.stringify({ error: { message, type, param: null, code } })
}

function headersOf(code: ErrorCode, body: string, extra: Readonly<Record<string, string>>): Record<string, string> {
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    ...(errorTable[code].retryable ? { 'retry-after': '1' } : {}),
    ...extra,
  }
}

/** Answers a request with one of our errors. */
export function answer(response: ServerResponse, code: ErrorCode, extra: Readonly<Record<string, string>> = {}): void {
  const body = bodyOf(code)
  response.writeHead(errorTable[code].status, headersOf(code, body, extra))
  response.end(body)
}

/** Answers on a bare socket (upgrade, request that could not be parsed) and ends the connection. */
export function answerSocket(socket: Duplex, code: ErrorCode, extra: Readonly<Record<string, string>> = {}): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { status } = errorTable[code]
  const body = bodyOf(code)
  const lines = Object.entries({ ...headersOf(code, body, extra), connection: 'close' }).map(([k, v]) => `${k}: ${v}`)
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`, () =>
    socket.destroy(),
  )
}

/** Which error a failure of Node's HTTP parser is. */
export function parserError(error: Error & { readonly code?: string }): ErrorCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'header_too_large'
  if (error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 'request_too_large'
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request_timeout' : 'invalid_request'
}

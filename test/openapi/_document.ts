import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiDocument, ApiResponse } from '../../plugins/external/document.js'

export const root = join(import.meta.dirname, '../..')
export const openApiPath = join(root, 'openapi/openapi.json')

export function committedDocument(): ApiDocument {
  return JSON.parse(readFileSync(openApiPath, 'utf8'))
}

/** The response itself where the operation only names it. */
export function responseOf(document: ApiDocument, response: ApiResponse | undefined): ApiResponse {
  const name = response?.$ref?.replace('#/components/responses/', '')
  const found = name === undefined ? response : document.components.responses?.[name]
  if (!found) throw new Error(`no response ${name}`)
  return found
}

export function headersOf(document: ApiDocument, response: ApiResponse | undefined): Record<string, object> {
  return responseOf(document, response).headers ?? {}
}

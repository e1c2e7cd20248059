import { requestExamples } from './examples.js'

/** The parts of an OpenAPI 3.1 document that are looked at here. */
export interface ApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  servers: { readonly url: string; readonly description?: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly security: readonly object[]
  paths: Record<string, Record<string, ApiOperation>>
  readonly components: {
    schemas: Record<string, object>
    responses?: Record<string, ApiResponse>
    headers?: Record<string, object>
    readonly securitySchemes: Record<string, object>
  }
}

export interface ApiOperation {
  readonly operationId: string
  readonly summary: string
  readonly description?: string
  readonly tags: readonly string[]
  readonly security?: readonly object[]
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema?: object }[]
  readonly requestBody?: { readonly content: Record<string, ApiMedia> }
  readonly responses: Record<string, ApiResponse>
}

export interface ApiResponse {
  readonly $ref?: string
  readonly description?: string
  headers?: Record<string, object>
  readonly content?: Record<string, ApiMedia>
}

interface ApiMedia {
  readonly schema: object
  examples?: object
}

/** Names that failures of a status have under `components.responses`. */
const errorNames: Readonly<Record<string, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  408: 'RequestTimeout',
  409: 'Conflict',
  413: 'ContentTooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  500: 'InternalError',
  502: 'UpstreamFailed',
  503: 'Unavailable',
  504: 'UpstreamTimeout',
}

const text = { type: 'string' }
const headers = {
  RequestId: { description: 'Names this request in the log.', schema: text },
  RetryAfter: { description: 'Seconds to wait before the next attempt.', schema: { type: 'integer' } },
  ShouldRetry: {
    description: 'The official SDKs obey it: `false` once a turn has begun, which must not run twice.',
    schema: { type: 'string', enum: ['false'] },
  },
  Challenge: { description: 'What a credential looks like (RFC 9110 section 11.6.1).', schema: text },
}
type HeaderName = keyof typeof headers
const extraHeaders: Readonly<Record<string, Readonly<Record<string, HeaderName>>>> = {
  401: { 'www-authenticate': 'Challenge' },
  429: { 'retry-after': 'RetryAfter', 'x-should-retry': 'ShouldRetry' },
  502: { 'x-should-retry': 'ShouldRetry' },
  503: { 'retry-after': 'RetryAfter' },
  504: { 'x-should-retry': 'ShouldRetry' },
}

/**
 * Makes what was collected from the routes into the document that people and generators read: shared failures once,
 * headers that hooks add, examples, one spelling of "or null", and an order that does not depend on the file system.
 */
export function finishDocument(collected: object): ApiDocument {
  const document: ApiDocument = JSON.parse(JSON.stringify(collected), spellNull)
  const responses: Record<string, ApiResponse> = {}
  for (const operation of operationsOf(document)) {
    addExamples(operation)
    for (const [status, response] of Object.entries(operation.responses)) {
      operation.responses[status] = shared(status, withHeaders(status, response), responses)
    }
  }
  const { openapi, info, servers, security, components } = document
  const tags = [...document.tags, ...undeclaredTags(document)]
  return unshared({
    openapi,
    info,
    servers,
    tags,
    security,
    paths: byTag({ ...document, tags }),
    components: {
      securitySchemes: components.securitySchemes,
      schemas: sorted(components.schemas),
      responses: sorted(responses),
      headers,
    },
  })
}

/** Families of control-plane methods bring their own tag. */
function undeclaredTags(document: ApiDocument): { name: string; description: string }[] {
  const declared = document.tags.map(({ name }) => name)
  const used = new Set(operationsOf(document).flatMap(({ tags }) => tags))
  return [...used]
    .filter((name) => !declared.includes(name))
    .sort()
    .map((name) => ({ name, description: 'Methods of the WebSocket control plane as plain HTTP.' }))
}

/** Objects that stand in two places would be anchors in YAML, which many tools do not follow. */
function unshared(document: ApiDocument): ApiDocument {
  return JSON.parse(JSON.stringify(document))
}

export function operationsOf({ paths }: Pick<ApiDocument, 'paths'>): ApiOperation[] {
  return Object.values(paths).flatMap((path) => Object.values(path))
}

/** `anyOf: [{type: 'string'}, {type: 'null'}]` reads better as `type: ['string', 'null']`, in pages and in SDKs. */
function spellNull(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('anyOf' in value) || !Array.isArray(value.anyOf)) return value
  const { anyOf, ...rest } = value
  const [shape, nothing] = anyOf
  if (anyOf.length !== 2 || nothing.type !== 'null') return value
  const { description = undefined, ...bare } = shape
  const described = description === undefined ? rest : { description, ...rest }
  if (Array.isArray(bare.anyOf)) return { ...described, anyOf: [...bare.anyOf, nothing] }
  if (typeof bare.type !== 'string' || 'enum' in bare) return { ...described, anyOf: [bare, nothing] }
  return { ...described, ...bare, type: [bare.type, 'null'] }
}

function addExamples({ operationId, requestBody }: ApiOperation): void {
  const examples = requestExamples[operationId]
  const media = requestBody?.content['application/json']
  if (examples && media) media.examples = examples
}

function withHeaders(status: string, response: ApiResponse): ApiResponse {
  const added = { 'x-request-id': 'RequestId', ...extraHeaders[status] }
  const refs = Object.entries(added).map(([name, key]) => [name, { $ref: `#/components/headers/${key}` }])
  return { ...response, headers: { ...Object.fromEntries(refs), ...response.headers } }
}

/** Failures that many operations have in common are written once. */
function shared(status: string, response: ApiResponse, responses: Record<string, ApiResponse>): ApiResponse {
  const content = JSON.stringify(response.content ?? '')
  const ofRpc = content.includes('/RpcFailure"')
  const name = ofRpc ? (status === 'default' ? 'RpcFailed' : undefined) : errorNames[status]
  if (name === undefined || !/\/(OpenAIError|RpcFailure)"/.test(content)) return response
  responses[name] ??= response
  return JSON.stringify(responses[name]) === JSON.stringify(response)
    ? { $ref: `#/components/responses/${name}` }
    : response
}

function byTag({ paths, tags }: ApiDocument): ApiDocument['paths'] {
  const rank = ([url, operations]: [string, Record<string, ApiOperation>]) => {
    const [first] = Object.values(operations)
    const index = tags.findIndex(({ name }) => name === first?.tags[0])
    return `${String(index).padStart(3, '0')} ${url}`
  }
  return Object.fromEntries(Object.entries(paths).sort((a, b) => compare(rank(a), rank(b))))
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)))
}

/** By code unit: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

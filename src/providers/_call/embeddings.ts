import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '../../kernel/errors.js'
import type { StopSignal } from '../../kernel/stop.js'
import { failureToError } from '../../models/failure.js'
import { estimateTokens } from '../../models/tokens.js'
import type { EmbeddingRequest, EmbeddingResult, ProviderContext } from '../../models/types.js'
import { Exchange, type Receiver } from '../_http/exchange.js'
import type { Pools } from '../_http/pools.js'
import { type Failed, withRetries } from '../_http/retry.js'
import { asList, asRecord, type Json, parseJson } from '../_json.js'
import { bodyText } from './body-text.js'
import type { Deployment } from './deployment.js'

/** Inputs in one upstream call; keeps an answer of 3,072 dimensions under 20 MB. */
const BATCH = 256
const MAX_ANSWER = 128 * 1024 * 1024

/** How one API spells embeddings. */
export interface EmbeddingWire {
  path(request: EmbeddingRequest): string
  body(request: EmbeddingRequest, batch: readonly string[]): object
  /** Undefined unless there is one vector for every input. */
  read(reply: Json, count: number): EmbeddedBatch | undefined
}

export interface EmbeddedBatch {
  readonly vectors: readonly number[][]
  readonly tokens: number | undefined
}

export interface EmbedInput {
  readonly wire: EmbeddingWire
  readonly context: ProviderContext
  readonly pools: Pools
  readonly deployment: Deployment
  readonly request: EmbeddingRequest
  readonly signal: StopSignal
}

/** Embeds any number of inputs, in batches one after the other. Throws `GatewayError`. */
export async function embedAll(input: EmbedInput): Promise<EmbeddingResult> {
  const vectors: number[][] = []
  let inputTokens = 0
  for (let at = 0; at < input.request.input.length; at += BATCH) {
    const batch = input.request.input.slice(at, at + BATCH)
    const answer = await embedBatch(input, batch)
    vectors.push(...answer.vectors)
    inputTokens += answer.tokens || batch.reduce((sum, text) => sum + estimateTokens(text), 0)
  }
  return { vectors, inputTokens }
}

async function embedBatch(input: EmbedInput, batch: readonly string[]): Promise<EmbeddedBatch> {
  const { context, deployment, wire, request, signal } = input
  const body = bodyText(wire.body(request, batch))
  let answer: EmbeddedBatch | undefined
  const failure = await withRetries(context, signal, () =>
    post(input, body, (text) => {
      const reply = asRecord(parseJson(text))
      answer = reply && wire.read(reply, batch.length)
      return answer ? undefined : deployment.failures.nonsense('answered with something else than embeddings')
    }),
  )
  if (failure) throw failureToError(failure)
  return answer ?? fail()
}

function fail(): never {
  throw new GatewayError('upstream_error')
}

/** One request whose whole answer goes to `read`. */
async function post(
  { context, pools, deployment, wire, request, signal }: EmbedInput,
  body: string,
  read: (text: string) => Failed | undefined,
): Promise<Failed | undefined> {
  const { target, failures } = deployment
  const origin = await pools.origin(target.origin)
  if (signal.aborted) return failures.aborted()
  return new Promise((resolve) => {
    let status = 0
    let headers: IncomingHttpHeaders = {}
    const chunks: Buffer[] = []
    const settle = (failed: Failed | undefined) => {
      signal.removeEventListener('abort', stop)
      resolve(failed)
    }
    const receiver: Receiver = {
      head(code, fields) {
        status = code
        headers = fields
        return MAX_ANSWER
      },
      data: (chunk) => void chunks.push(chunk),
      end() {
        const text = Buffer.concat(chunks).toString('utf8')
        settle(status < 300 ? read(text) : failures.status(status, headers, text, context.clock.now()))
      },
      fail: (problem, detail) => settle(failures.transport(problem, detail, false)),
    }
    const exchange = new Exchange(origin, context.clock, receiver)
    const stop = () => {
      exchange.stop()
      settle(failures.aborted())
    }
    signal.addEventListener('abort', stop)
    const path = target.path(wire.path(request))
    exchange.send({ path, headers: target.headers, body, idleMs: request.model.idleTimeoutMs })
  })
}

/** Numbers, or base64 of little-endian float32 from servers that know nothing else. */
export function readVector(value: unknown): number[] | undefined {
  if (typeof value === 'string') {
    const bytes = Buffer.from(value, 'base64')
    if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined
    return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4))
  }
  const numbers = asList(value)
  return numbers.length > 0 && numbers.every((x): x is number => typeof x === 'number') ? [...numbers] : undefined
}

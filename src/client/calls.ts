import type { Static, TSchema } from '../../schemas/type.js'

/** Longest wait for an answer when the caller names none, in milliseconds. */
export const defaultCallMs = 30_000

export interface CallOptions {
  /** Longest wait for the answer, in milliseconds. */
  readonly timeoutMs?: number | undefined
  /** The caller no longer wants the answer. The gateway is not told: what it accepted goes on. */
  readonly signal?: AbortSignal | undefined
  /** Wait for the second answer of a two-phase method (spec/protocol.md section 1). */
  readonly expectFinal?: boolean | undefined
  /** With `expectFinal`: told of the first answer. Over HTTP there is none. */
  readonly onAccepted?: ((payload: unknown) => void) | undefined
}

/** Whatever calls methods of a gateway: a socket, a client that reconnects, or plain HTTP. */
export interface Calls {
  /**
   * Gives the payload of the answer. Throws `call_refused` with the gateway's own words, `gateway_unreachable` when there
   * is no answer, or the reason of the signal.
   */
  call(name: string, params?: unknown, options?: CallOptions): Promise<unknown>
}

/** Methods by name with their schemas: what a family of routes/ws exports. Only its type is needed here. */
export type MethodTypes = Readonly<Record<string, { readonly params: TSchema; readonly result: TSchema }>>

/** The same with the exact types of these methods. */
export interface TypedCalls<M extends MethodTypes> {
  call<K extends keyof M & string>(
    name: K,
    params: Static<M[K]['params']>,
    options?: CallOptions,
  ): Promise<Static<M[K]['result']>>
}

/** Types calls by the methods' own definitions; the gateway validates params and is tested to keep its results. */
export function typed<M extends MethodTypes>(calls: Calls): TypedCalls<M> {
  return calls as TypedCalls<M>
}

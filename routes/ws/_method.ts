import type { Static, TSchema } from '../../schemas/type.js'
import type { Scope } from '../../src/auth/types.js'
import type { Logger } from '../../src/kernel/logger.js'
import type { Caller, Role } from '../../src/live/caller.js'
import type { Peer } from '../../src/live/peer.js'
import type { Runtime } from '../../src/runtime.js'

/** What a handler is given besides its params. */
export interface MethodContext {
  readonly runtime: Runtime
  readonly caller: Caller
  /** The caller's socket; undefined over HTTP. */
  readonly peer: Peer | undefined
  readonly log: Logger
  /** Aborts when nobody waits for the result any more. Work that was acknowledged goes on. */
  readonly signal: AbortSignal
  /**
   * Answers at once and lets the handler's result follow as a second answer to the same request. Over HTTP, where one
   * request has one answer, this does nothing.
   */
  accept(payload: object): void
}

/**
 * One operation of the control plane, with everything that any door says of it: validation, scope errors,
 * `hello-ok.features`, `POST /rpc/<name>`, the OpenAPI document, `openclaw gateway call` and docs/ws-methods.md.
 */
export interface MethodDefinition<P extends TSchema = TSchema, R extends TSchema = TSchema> {
  /** What it does, in one line. */
  readonly summary: string
  readonly description?: string
  /** What the caller must hold; null: nothing beyond being authenticated. Nodes need no scopes. */
  readonly scope: Scope | null
  /** A scope that some params need besides `scope`. Runs on params that are valid. */
  scopeFor?(params: Static<P>): Scope | undefined
  /** Who may call it. Default: operators. */
  readonly role?: Role | 'any'
  readonly params: P
  readonly result: R
  /** Counted against the limit of control-plane writes (spec/protocol.md section 5). */
  readonly write?: true
  /**
   * The params have an `idempotencyKey`: a repeated call with the same key joins the first one or gets its result.
   * Methods that keep the key on disk themselves (`chat.send`) do not set this. `durable`: what was begun goes on when
   * the caller leaves, and its next call with the key joins it instead of getting the failure of the first.
   */
  readonly idempotent?: true | 'durable'
  /** False: callable, but not listed in `hello-ok.features.methods`, as in the official gateway. */
  readonly advertised?: false
  handler(context: MethodContext, params: Static<P>): Given<Static<R>> | Promise<Given<Static<R>>>
}

/** A result as a handler may give it: nobody changes it any more. */
export type Given<T> = T extends readonly (infer Item)[]
  ? readonly Given<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Given<T[Key]> }
    : T

/** Checks a definition against its own schemas. */
export function method<P extends TSchema, R extends TSchema>(
  definition: MethodDefinition<P, R>,
): MethodDefinition<P, R> {
  return definition
}

/** A definition whose types no longer matter: what the dispatcher handles. */
export type AnyMethod = Omit<MethodDefinition, 'handler' | 'scopeFor'> & {
  scopeFor?(params: never): Scope | undefined
  handler(context: MethodContext, params: never): unknown
}

/** The methods of one subject by wire name; the default export of a file in this folder. */
export type Family = Readonly<Record<string, AnyMethod>>

/** Keeps the exact types of a family, for callers that are typed by it. */
export function family<const F extends Family>(methods: F): F {
  return methods
}

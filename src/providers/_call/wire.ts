import type { ModelFailure, ModelRequest, ResolvedModel } from '../../models/types.js'
import type { Answer } from '../_answer.js'
import type { Json } from '../_json.js'
import type { WriteOnce } from './body-text.js'
import type { Target } from './target.js'

/** What `AnswerReader`s find besides parts of the answer: its end, or the upstream's word that it failed. */
export type Word = 'end' | { readonly error: unknown }

/** Reads what one API says into an `Answer`. One reader reads one answer. */
export interface AnswerReader {
  /** One event of a stream. May throw: then it makes no sense. */
  event(data: string, name: string): Word | undefined
  /** A whole answer; undefined when it is something else. */
  whole(reply: Json): Word | undefined
  /** Asked once the answer is complete: what makes it useless all the same. */
  flaw?(): string | undefined
}

/**
 * How one model API spells requests and answers: all that differs between the files of src/providers. `Q` is what is
 * learned of an upstream's peculiarities from its refusals.
 */
export interface Wire<Q extends object> {
  readonly framing: 'sse' | 'ndjson'
  /** What ends a good stream, for the operator. */
  readonly endMark: string
  /** What a base URL that leads nowhere may lack, for the operator. */
  readonly baseHint: string
  target(model: ResolvedModel): Target
  /** Under the base URL, with a leading slash. */
  path(request: ModelRequest): string
  /** The fields of the request, made anew for each but for what `once` keeps: that must depend on key and model alone. */
  body(request: ModelRequest, target: Target, quirks: Q, once: WriteOnce): Record<string, unknown>
  read(answer: Answer, makeId: () => string, request: ModelRequest): AnswerReader
  readonly quirks: Q
  /**
   * What to do differently after the refusal of a request that was made with `used`; undefined when the refusal is
   * about something else. Must learn each thing once, so that a caller who repeats on every lesson comes to an end.
   */
  learn?(failure: ModelFailure, used: Q, request: ModelRequest, target: Target): Q | undefined
}

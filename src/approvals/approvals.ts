import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import { randomId } from '../kernel/random-id.js'
import type { StopSignal } from '../kernel/stop.js'
import type {
  ApprovalDecision,
  ApprovalEnd,
  ApprovalKind,
  ApprovalResolver,
  ApprovalRow,
  ApprovalStore,
} from '../storage/types.js'
import type { ApprovalEvents, OpenApproval } from './events.js'

export interface ApprovalsOptions {
  readonly store: ApprovalStore
  readonly clock: Clock
  readonly log: Logger
  readonly bus: Bus<ApprovalEvents>
  /** True when somebody who may answer would see the question. */
  readonly approvers: (approval: OpenApproval) => boolean
}

export interface Question {
  /** Chosen by the caller; else random. */
  readonly id?: string
  readonly kind: ApprovalKind
  readonly request: Readonly<Record<string, unknown>> & { readonly allowedDecisions: readonly ApprovalDecision[] }
  readonly timeoutMs: number
  /** Connection that asks. */
  readonly askedBy?: string
  /** It can also be answered where the turn came from, e.g. in a chat. */
  readonly answerable?: boolean
}

/** How a question ended. Whatever is not an allow is a no. */
export interface Answer {
  readonly decision: ApprovalDecision | undefined
  readonly reason: ApprovalEnd['reason']
  /** How long an `allow-always` is to last, when whoever answered said so. */
  readonly grantDays?: number | undefined
}

export interface Asked {
  readonly id: string
  readonly createdAt: number
  readonly expiresAt: number
  /** False: nobody can answer, and the answer is there already. */
  readonly routed: boolean
  /** Never rejects. */
  readonly answer: Promise<Answer>
}

interface Open {
  readonly approval: OpenApproval
  readonly answer: Promise<Answer>
  settle(answer: Answer): void
  cancelTimer(): void
  ended: boolean
}

type Ending = Pick<ApprovalEnd, 'status' | 'decision' | 'reason'> & {
  readonly resolver?: ApprovalResolver
  readonly grantDays?: number | undefined
}

/** Who answers. */
export interface Resolution {
  readonly resolver: ApprovalResolver
  /** Their connection. */
  readonly connId?: string
  readonly grantDays?: number | undefined
}

/** Questions that may wait at the same time; more than anybody can read. */
const maxOpen = 200
/** Ended ones that are kept for `approval.history`. */
const keepEnded = 1_000

/**
 * Questions that runs ask people. A question and its answer are on disk before anybody acts on them; the first answer
 * wins; a question that nobody answers in time, or that a crash interrupts, was answered with no.
 */
export class Approvals {
  readonly #options: ApprovalsOptions
  readonly #open = new Map<string, Open>()

  constructor(options: ApprovalsOptions) {
    this.#options = options
  }

  /** The open question of this id. Throws `approval_not_found`. */
  open(id: string): OpenApproval {
    const open = this.#open.get(id)
    if (open && !open.ended) return open.approval
    throw notFound(id)
  }

  /** Ends what a former process has left open. Call once, before anything is asked. */
  async recover(): Promise<void> {
    const count = await this.#options.store.cancelOpen(this.#options.clock.now())
    if (count > 0) this.#options.log.warn({ count }, 'approvals that a former run had asked for were called off')
  }

  /** Asks. Throws `too_many_approvals`, or `conflict` for an id that was used before. */
  async ask(question: Question, signal?: StopSignal): Promise<Asked> {
    const { store, clock, bus } = this.#options
    if (this.#open.size >= maxOpen) throw new GatewayError('too_many_approvals')
    const { id = randomId(), kind, request, timeoutMs, askedBy } = question
    const createdAt = clock.now()
    const approval = { id, kind, request, createdAt, expiresAt: createdAt + timeoutMs, askedBy }
    if (this.#open.has(id)) throw usedId(id)
    const open = this.#hold(approval)
    try {
      if (question.id !== undefined && (await store.get(id))) throw usedId(id)
      await store.open(approval, keepEnded)
    } catch (error) {
      this.#open.delete(id)
      open.cancelTimer()
      throw error
    }
    const routed = question.answerable === true || this.#options.approvers(approval)
    if (!routed) await this.#end(open, { status: 'denied', decision: 'deny', reason: 'no-route' })
    else if (signal?.aborted) await this.cancel(id)
    else {
      signal?.addEventListener('abort', () => void this.cancel(id))
      bus.emit('approval.requested', approval)
    }
    return { id, createdAt, expiresAt: approval.expiresAt, routed, answer: open.answer }
  }

  /**
   * Answers. Throws `approval_not_found`, `approval_already_resolved`, `invalid_params` for a decision that was not
   * offered, `conflict` for whoever asked.
   */
  async resolve(id: string, decision: ApprovalDecision, by: Resolution): Promise<ApprovalRow> {
    const open = this.#open.get(id)
    if (!open) throw (await this.#options.store.get(id)) ? resolved(id) : notFound(id)
    const { request, askedBy } = open.approval
    const { allowedDecisions } = request as Question['request']
    if (!allowedDecisions.includes(decision)) {
      throw new GatewayError('invalid_params', {
        message: `${decision} is unavailable here; choose one of ${allowedDecisions.join(', ')}.`,
      })
    }
    if (askedBy !== undefined && askedBy === by.connId) {
      throw new GatewayError('conflict', { message: 'Whoever asks cannot answer. Use another connection.' })
    }
    if (open.ended) throw resolved(id)
    const status = decision === 'deny' ? 'denied' : 'allowed'
    const { resolver, grantDays } = by
    const end = await this.#end(open, { status, decision, reason: 'user', resolver, grantDays })
    if (end.reason !== 'user') throw new GatewayError('internal_error')
    return { ...open.approval, end }
  }

  /** The run that asked does not wait any more. */
  async cancel(id: string): Promise<void> {
    const open = this.#open.get(id)
    if (open) await this.#end(open, { status: 'cancelled', decision: undefined, reason: 'run-aborted' })
  }

  /** What waits for an answer, the oldest first. */
  list(kind?: ApprovalKind): readonly OpenApproval[] {
    const open = [...this.#open.values()].filter(({ ended }) => !ended).map(({ approval }) => approval)
    return kind === undefined ? open : open.filter((approval) => approval.kind === kind)
  }

  /** Open or ended. Throws `approval_not_found`. */
  async get(id: string): Promise<ApprovalRow> {
    const row = await this.#options.store.get(id)
    if (!row) throw notFound(id)
    return row
  }

  /** The answer to a question, when it comes; at once when it has ended. Throws `approval_not_found`. */
  async wait(id: string): Promise<Answer> {
    const open = this.#open.get(id)
    if (open) return open.answer
    const { end } = await this.get(id)
    return { decision: end?.decision, reason: end?.reason ?? 'gateway-restart' }
  }

  history(query: Parameters<ApprovalStore['history']>[0]): Promise<ApprovalRow[]> {
    return this.#options.store.history(query)
  }

  /** Answers everything with no. */
  async close(): Promise<void> {
    const end = { status: 'cancelled', decision: undefined, reason: 'gateway-restart' } as const
    await Promise.all([...this.#open.values()].map((open) => this.#end(open, end)))
  }

  #hold(approval: OpenApproval): Open {
    let settle: Open['settle'] = () => {}
    const answer = new Promise<Answer>((resolve) => {
      settle = resolve
    })
    const open: Open = { approval, answer, settle, cancelTimer: () => {}, ended: false }
    const late = { status: 'expired', decision: undefined, reason: 'timeout' } as const
    const timeoutMs = approval.expiresAt - approval.createdAt
    open.cancelTimer = this.#options.clock.after(timeoutMs, () => void this.#end(open, late))
    this.#open.set(approval.id, open)
    return open
  }

  /** The first end counts. What cannot be written down is a no. */
  async #end(open: Open, { grantDays, ...given }: Ending): Promise<ApprovalEnd> {
    const { store, clock, log, bus } = this.#options
    let end: ApprovalEnd = { resolver: undefined, ...given, at: clock.now() }
    if (open.ended) return { ...end, reason: 'storage-corrupt' }
    open.ended = true
    open.cancelTimer()
    const { id } = open.approval
    try {
      if (!(await store.end(id, end))) throw new Error('the approval is gone from the store')
    } catch (error) {
      log.error({ err: error, approval: id }, 'an answer could not be written down and counts as no')
      end = { ...end, status: 'denied', decision: 'deny', reason: 'storage-corrupt' }
    }
    this.#open.delete(id)
    bus.emit('approval.resolved', { ...open.approval, end })
    const { decision, reason } = end
    open.settle({ decision: reason === 'user' ? decision : undefined, reason, grantDays })
    return end
  }
}

function notFound(id: string): GatewayError {
  return new GatewayError('approval_not_found', {
    message: `There is no approval ${id.slice(0, 60)}.`,
    details: { reason: 'APPROVAL_NOT_FOUND', remediation: 'List the open ones with exec.approval.list.' },
  })
}

function resolved(id: string): GatewayError {
  return new GatewayError('approval_already_resolved', {
    message: `The approval ${id.slice(0, 60)} has its answer already.`,
    details: { reason: 'APPROVAL_ALREADY_RESOLVED' },
  })
}

function usedId(id: string): GatewayError {
  return new GatewayError('conflict', {
    message: `There was an approval ${id.slice(0, 60)} before. Choose another id.`,
  })
}

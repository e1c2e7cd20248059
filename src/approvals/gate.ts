import type { Config } from '../../schemas/config/index.js'
import { GatewayError } from '../kernel/errors.js'
import type { ApprovalDecision } from '../storage/types.js'
import { execConfig } from '../tools/_exec/times.js'
import type { Approvals } from './approvals.js'
import { type AgentApprovals, approvalsOf } from './document.js'
import { Frozen } from './frozen.js'
import type { ClearedCommand, ExecRequest } from './gate-types.js'
import { notAllowed, refused, requestOf, textOf } from './gate-words.js'
import type { Grants } from './grants.js'
import { standsOnFiles } from './identity.js'
import { commandOf, type Judgement, judge } from './judge.js'
import { configRule, type ExecRule, strictest } from './rules/policy.js'
import { defaultSafeBins, defaultTrustedFolders } from './rules/safe-bins.js'

export interface GateOptions {
  readonly config: () => Config
  /** The state directory, where exec-approvals.json is. */
  readonly state: string
  readonly approvals: Approvals
  readonly grants: Grants
  readonly home: string
}

const defaultTimeoutSec = 300
const both: readonly ApprovalDecision[] = ['allow-once', 'allow-always', 'deny']
const once: readonly ApprovalDecision[] = ['allow-once', 'deny']

/** Decides whether a command may run on a host that is not a sandbox (spec/runtime.md 4.3). */
export class ExecGate {
  readonly #options: GateOptions

  constructor(options: GateOptions) {
    this.#options = options
  }

  /** Resolves when it may. Throws `exec_denied` with the reason and what to do, or the abort's reason. */
  async clear(request: ExecRequest): Promise<ClearedCommand> {
    const { agent } = request.asker
    const host = await approvalsOf(this.#options.state, agent)
    const wanted: ExecRule = { security: request.security ?? 'full', ask: request.ask ?? 'off', source: 'this call' }
    const rules = [configRule(this.#options.config(), agent), host.rule, wanted]
    const { strictInlineEval = false } = this.#exec(agent)
    // Where everything may run, a line goes to the shell as it is.
    if (!strictInlineEval && strictest(rules, false).outcome === 'run') return { ...raw(request), check: () => {} }
    const judgement = this.#judge(request, host)
    const frozen = Frozen.of(request, judgement, this.#options.home)
    // What cannot be read may hold anything.
    const strictInline = strictInlineEval && (judgement.inline || !judgement.steps)
    const granted = (!judgement.hit || strictInline) && (await this.#granted(request, judgement))
    const { outcome, rule } = strictest(rules, judgement.hit || granted)
    if (outcome === 'refuse') throw refused(rule, judgement.reason)
    if (outcome === 'run' && (granted || !strictInline)) return cleared(request, judgement, frozen)
    const lasting = strictest(rules, true).outcome === 'run'
    return this.#ask({ request, judgement, host, rule, frozen, lasting })
  }

  #judge(request: ExecRequest, { allowlist }: AgentApprovals): Judgement {
    const { safeBins = defaultSafeBins, safeBinTrustedDirs = defaultTrustedFolders } = this.#exec(request.asker.agent)
    if (request.host === 'node') {
      return { steps: undefined, cwd: request.cwd, hit: false, reason: 'it runs on a node', inline: false }
    }
    const safe = { names: safeBins, folders: safeBinTrustedDirs }
    return judge(request, { allowlist, safeBins: safe, home: this.#options.home })
  }

  async #granted({ asker, env }: ExecRequest, { steps, cwd }: Judgement): Promise<boolean> {
    if (!steps || Object.keys(env).length > 0) return false
    return this.#options.grants.covers(asker.agent, steps, cwd)
  }

  async #ask({ request, judgement, host, rule, frozen, lasting }: Case): Promise<ClearedCommand> {
    const { approvals, grants } = this.#options
    const { asker, signal } = request
    const { approvalTimeoutSec = defaultTimeoutSec, grantExpiryDays: days } = this.#exec(asker.agent)
    const { steps, cwd } = judgement
    const fixed = steps && Object.keys(request.env).length === 0 && standsOnFiles(steps, cwd)
    const allowedDecisions = lasting && fixed ? both : once
    const question = {
      kind: 'exec',
      request: { ...requestOf(request, judgement, rule), allowedDecisions },
      timeoutMs: approvalTimeoutSec * 1_000,
      answerable: asker.answerable,
    } as const
    const asked = await approvals.ask(question, signal)
    if (!asked.routed) return unanswered(request, judgement, host, frozen)
    request.waits?.({ id: asked.id, expiresAtMs: asked.expiresAt })
    const { decision, reason, grantDays = days } = await asked.answer
    signal.throwIfAborted()
    if (decision !== 'allow-once' && decision !== 'allow-always') throw notAllowed(reason, approvalTimeoutSec)
    frozen.check()
    if (decision === 'allow-always' && steps) {
      const { agent } = asker
      await grants.add({ approvalId: asked.id, agent, command: textOf(request), cwd, steps, days: grantDays })
    }
    return cleared(request, judgement, frozen)
  }

  #exec(agent: string): ReturnType<typeof execConfig> {
    return execConfig(this.#options.config(), agent)
  }
}

/** A command on its way to a person. */
interface Case {
  readonly request: ExecRequest
  readonly judgement: Judgement
  readonly host: AgentApprovals
  readonly rule: ExecRule
  readonly frozen: Frozen
  /** An answer for good would make a difference. */
  readonly lasting: boolean
}

function raw({ command, cwd }: ExecRequest): Pick<ClearedCommand, 'command' | 'cwd'> {
  return { command, cwd }
}

/** What was judged is what runs; only what could not be read goes to the shell as it came. */
function cleared(request: ExecRequest, { steps, cwd }: Judgement, frozen: Frozen): ClearedCommand {
  const check = () => frozen.check()
  return steps ? { command: commandOf(steps), cwd, check } : { ...raw(request), check }
}

/** Nobody can be asked: `askFallback` of the file says what then; a no unless it says otherwise. */
function unanswered(request: ExecRequest, judgement: Judgement, host: AgentApprovals, frozen: Frozen): ClearedCommand {
  const { askFallback } = host
  if (askFallback === 'full' || (askFallback === 'allowlist' && judgement.hit))
    return cleared(request, judgement, frozen)
  throw new GatewayError('exec_denied', {
    message:
      'This command needs an approval, and nobody who could give it is connected. Open the Control UI or another client with the scope operator.approvals, then try again.',
    details: { reason: 'no-route' },
  })
}

import type { Config } from '../../../schemas/config/index.js'
import { GatewayError } from '../../kernel/errors.js'
import type { FoundGateway } from '../open.js'
import { throughTunnel } from '../through-tunnel.js'
import { type DiagnosisCode, type StageName, stageNames } from './codes.js'
import { type Answered, httpStage } from './http.js'
import { loginStages } from './login.js'
import { dnsStage, tcpStage } from './network.js'
import { beginStage, type Stage } from './stage.js'
import { tlsStage } from './tls.js'

export interface DiagnoseOptions {
  readonly config: Config
  /** For each stage, in milliseconds. */
  readonly limitMs: number
  /** For ssh, in milliseconds: a login over a long way takes its time. */
  readonly tunnelMs: number
  readonly signal: AbortSignal
  /** False stops before a secret is sent: no pairing request comes of the look. */
  readonly login?: boolean
  /** Called when a stage is over, in order. */
  readonly onStage?: (stage: Stage) => void
}

export interface Diagnosis {
  readonly ok: boolean
  /** That of the first stage that failed, else of the first with a warning, else `OK`. */
  readonly code: DiagnosisCode | 'OK'
  readonly url: string
  /** Every stage, in order; those that were not reached are skipped. */
  readonly stages: readonly Stage[]
  readonly gateway: Answered | undefined
  readonly scopes: readonly string[] | undefined
}

/**
 * Goes the way to a gateway stage by stage and says where it ends: what happened, and what to do. Sends a secret only
 * after TLS and HTTP have shown who is there. Never throws for a gateway that cannot be reached; rejects with the
 * signal's reason.
 */
export async function diagnose(found: FoundGateway, options: DiagnoseOptions): Promise<Diagnosis> {
  const stages: Stage[] = []
  const add = (stage: Stage): boolean => {
    // What fails because the look was ended is no finding.
    options.signal.throwIfAborted()
    stages.push(stage)
    options.onStage?.(stage)
    return stage.outcome !== 'failed'
  }
  const reached = await passageStage(found, options, add)
  try {
    const facts = reached ? await walk(reached.found, options, add) : {}
    return conclude(found.target.display, stages, facts, add)
  } finally {
    await reached?.close()
  }
}

interface Facts {
  readonly gateway?: Answered | undefined
  readonly scopes?: readonly string[] | undefined
}

async function walk(
  found: FoundGateway,
  { limitMs, signal, login = true }: DiagnoseOptions,
  add: (stage: Stage) => boolean,
): Promise<Facts> {
  const { base } = found.target
  const limits = { limitMs, signal }
  const dns = await dnsStage(base, limits)
  if (!add(dns.stage)) return {}
  if (!add(await tcpStage(found.target, dns.addresses, limits))) return {}
  if (!add(await tlsStage(base, found.pin, limits))) return {}
  const http = await httpStage(found, limits)
  if (!add(http.stage)) return {}
  const facts = { gateway: http.answered }
  if (!login) {
    for (const name of ['auth', 'pairing', 'scope'] as const) add(beginStage(name)('NOT_ASKED'))
    return facts
  }
  if (found.credentialProblem !== undefined) {
    add(beginStage('auth')('AUTH_UNREADABLE', { why: found.credentialProblem }))
    return facts
  }
  const { stages, hello } = await loginStages(found, limits)
  for (const stage of stages) add(stage)
  return { ...facts, scopes: hello?.auth.scopes }
}

async function passageStage(found: FoundGateway, options: DiagnoseOptions, add: (stage: Stage) => boolean) {
  const says = beginStage('tunnel')
  const { config, tunnelMs, signal } = options
  try {
    const passage = await throughTunnel(found, config, { limitMs: tunnelMs, signal })
    if (!passage) {
      add(says('NOT_USED'))
      return { found, close: async () => {} }
    }
    const facts = { target: passage.target, port: found.target.base.port }
    add(passage.tunnel === 'kept' ? says('TUNNEL_KEPT', facts) : says('TUNNEL_OPENED', facts))
    return passage
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof GatewayError)) throw error
    add(says('TUNNEL_FAILED', { why: error.message, kind: String(error.details?.kind) }))
    return undefined
  }
}

function conclude(url: string, stages: Stage[], facts: Facts, add: (stage: Stage) => boolean): Diagnosis {
  const failed = stages.find(({ outcome }) => outcome === 'failed')
  const seen = new Set<StageName>(stages.map(({ stage }) => stage))
  for (const name of stageNames) if (!seen.has(name)) add(beginStage(name)('NOT_REACHED'))
  const worst = failed ?? stages.find(({ outcome }) => outcome === 'warning')
  return { ok: !failed, code: worst?.code ?? 'OK', url, stages, gateway: facts.gateway, scopes: facts.scopes }
}

/** A way that may not be taken at all: plain text to a public address. Nothing was sent. */
export function refusedDiagnosis(host: string, url: string): Diagnosis {
  const stages: Stage[] = [beginStage('tunnel')('NOT_USED')]
  for (const name of ['dns', 'tcp'] as const) stages.push(beginStage(name)('NOT_REACHED'))
  const add = (stage: Stage) => stages.push(stage) > 0
  stages.push(beginStage('tls')('TLS_PLAINTEXT_REFUSED', { host }))
  return conclude(url, stages, {}, add)
}

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { Approvals } from '../../src/approvals/approvals.js'
import type { ApprovalEvents, OpenApproval } from '../../src/approvals/events.js'
import { ExecGate } from '../../src/approvals/gate.js'
import type { ClearedCommand, ExecRequest } from '../../src/approvals/gate-types.js'
import { Grants } from '../../src/approvals/grants.js'
import { type Clock, systemClock } from '../../src/kernel/clock.js'
import { EventBus } from '../../src/kernel/events.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { ApprovalDecision } from '../../src/storage/types.js'
import { testFolder } from './folder.js'

export interface GateStage {
  readonly gate: ExecGate
  readonly approvals: Approvals
  readonly grants: Grants
  /** exec-approvals.json */
  readonly file: string
  readonly workspace: string
  readonly home: string
  /** What was asked, in order. */
  readonly asked: OpenApproval[]
  config: Config
  /** What everybody who is asked answers at once; undefined: nothing. */
  answer: ApprovalDecision | undefined
  /** False: nobody is there to be asked. */
  reachable: boolean
  clear(command: ExecRequest['command'], more?: Partial<ExecRequest>): Promise<ClearedCommand>
  /** Writes exec-approvals.json. */
  allow(rules: object): void
  /** Writes a program into the workspace. */
  program(path: string, text?: string): string
}

/** A gate with a real store and real programs. */
export async function gateStage(t: Test, config: Config = {}, clock: Clock = systemClock): Promise<GateStage> {
  const home = testFolder(t)
  const state = join(home, 'state')
  const workspace = join(home, 'workspace')
  mkdirSync(workspace)
  mkdirSync(state)
  const store = await openSqliteStore(join(state, 'store.sqlite'))
  t.teardown(() => store.close())
  const bus = new EventBus<ApprovalEvents>()
  const file = join(state, 'exec-approvals.json')
  const grants = new Grants(store.grants, clock)
  const asked: OpenApproval[] = []
  const approvals = new Approvals({
    store: store.approvals,
    clock,
    log: silentLogger,
    bus,
    approvers: () => stage.reachable,
  })
  t.teardown(() => approvals.close())
  bus.on('approval.requested', (approval) => {
    asked.push(approval)
    if (stage.answer) void approvals.resolve(approval.id, stage.answer, { resolver: { kind: 'system' } })
  })
  const stage: GateStage = {
    gate: new ExecGate({ config: () => stage.config, state, approvals, grants, home }),
    approvals,
    grants,
    file,
    workspace,
    home,
    asked,
    config,
    answer: undefined,
    reachable: true,
    clear: (command, more = {}) =>
      stage.gate.clear({
        command,
        cwd: workspace,
        env: {},
        path: '/usr/bin:/bin',
        host: 'gateway',
        asker: { agent: 'main', sessionKey: 'agent:main:main', runId: 'run', callId: 'call', answerable: false },
        signal: new AbortController().signal,
        ...more,
      }),
    allow: (rules) => writeFileSync(file, JSON.stringify({ version: 1, ...rules })),
    program(path, text = '#!/bin/sh\necho program\n') {
      const full = join(workspace, path)
      mkdirSync(dirname(full), { recursive: true })
      writeFileSync(full, text)
      chmodSync(full, 0o755)
      return full
    },
  }
  return stage
}

/** `exec-approvals.json` of one agent with a list. */
export function listOf(...entries: (string | { pattern: string; argPattern?: string })[]): object {
  const allowlist = entries.map((entry) => (typeof entry === 'string' ? { pattern: entry } : entry))
  return { agents: { main: { allowlist } } }
}

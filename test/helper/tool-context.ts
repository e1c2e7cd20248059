import { setMaxListeners } from 'node:events'
import type { Test } from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { systemClock } from '../../src/kernel/clock.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { TextCache } from '../../src/tools/_cache.js'
import { gatewayHost } from '../../src/tools/_exec/host.js'
import { openFiles } from '../../src/tools/_files/open-files.js'
import type { Process } from '../../src/tools/_process/process.js'
import { ProcessTable } from '../../src/tools/_process/table.js'
import type { ToolContext, ToolResult } from '../../src/tools/_types.js'
import { testFolder } from './folder.js'

export interface ToolStage {
  readonly context: ToolContext
  readonly workspace: string
  readonly table: ProcessTable
  /** What `progress` was told. */
  readonly progress: ToolResult[]
  /** Background processes that have ended, in order. */
  readonly finished: Process[]
  /** Ends the turn. */
  abort(): void
  /** The same stage for another agent or wall. */
  seenFrom(scope: string): ToolContext
}

/**
 * A context whose commands really run and whose files are real, in a workspace of this test; what still runs ends with
 * the test.
 */
export function toolStage(t: Test, config: Config = {}, more: Partial<ToolContext> = {}): ToolStage {
  const workspace = testFolder(t)
  const progress: ToolResult[] = []
  const finished: Process[] = []
  const turn = new AbortController()
  setMaxListeners(0, turn.signal)
  const table = new ProcessTable({
    clock: more.clock ?? systemClock,
    keepMs: () => config.tools?.exec?.cleanupMs,
    finished: (process) => finished.push(process),
  })
  t.teardown(() => table.close())
  const context = {
    agent: 'main',
    sessionKey: 'agent:main:main',
    runId: 'run',
    callId: 'call',
    caller: { owner: true, origin: 'http' },
    config,
    env: {},
    clock: systemClock,
    log: silentLogger,
    signal: turn.signal,
    files: openFiles({ root: workspace, mounts: [{ at: workspace, folder: workspace, writable: true }] }),
    commands: gatewayHost({ workspace, env: { PATH: '/usr/bin:/bin', HOME: workspace } }),
    processes: table.view({ scope: 'agent:main', agent: 'main', reachable: true }),
    cache: new TextCache({ clock: more.clock ?? systemClock, maxChars: 1_000_000 }),
    progress: (partial: ToolResult) => void progress.push(partial),
    ...more,
  } as ToolContext
  return {
    context,
    workspace,
    table,
    progress,
    finished,
    abort: () => turn.abort(),
    seenFrom: (scope) => ({ ...context, processes: table.view({ scope, agent: 'main', reachable: true }) }),
  }
}

/** The text that the model gets. */
export function textOf({ content }: ToolResult): string {
  return content.map((part) => ('text' in part ? part.text : '')).join('')
}

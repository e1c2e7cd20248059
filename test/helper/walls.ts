import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import type { Test } from 'tap'
import type { Config } from '../../schemas/config/index.js'
import { workspaceOf } from '../../src/agents/workspace/folder.js'
import { systemClock } from '../../src/kernel/clock.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { openRuntime, type Runtime } from '../../src/runtime.js'
import type { WallFacts } from '../../src/sandbox/walls.js'
import type { ToolContext, ToolResult } from '../../src/tools/_types.js'
import exec from '../../src/tools/exec.js'
import { testConfig, testInstance } from './gateway.js'
import { textOf } from './tool-context.js'

type ExecArgs = Parameters<typeof exec.run>[1]

export interface WallStage {
  readonly runtime: Runtime
  /** Of the agent main, on this machine. */
  readonly workspace: string
  /** A tool context of a turn; sandboxed when the config says so of `sessionKey`. */
  context(facts?: Partial<WallFacts>): Promise<ToolContext>
  /** Runs a command as the exec tool does. */
  run(
    command: string,
    args?: Partial<ExecArgs>,
    facts?: Partial<WallFacts>,
  ): Promise<{ text: string; result: ToolResult }>
}

/** A gateway's walls with real stores and real programs, without its doors. */
export async function wallStage(t: Test, more: Config = {}, env: Record<string, string> = {}): Promise<WallStage> {
  const instance = await testInstance(t, testConfig(more), {}, env)
  const runtime = await openRuntime(instance)
  t.teardown(() => runtime.close())
  return stageOf(t, runtime)
}

/** The same around a gateway that is there. */
export function stageOf(t: Test, runtime: Runtime): WallStage {
  const workspace = workspaceOf(runtime.instance.paths, runtime.config.current, 'main')
  mkdirSync(workspace, { recursive: true })
  const turn = new AbortController()
  t.teardown(() => turn.abort())

  async function context(facts: Partial<WallFacts> = {}): Promise<ToolContext> {
    const all = {
      agent: 'main',
      sessionKey: 'agent:main:group',
      runId: 'run',
      caller: { owner: false, origin: 'ws' },
      processTool: true,
      ...facts,
    }
    const walls = (await runtime.exec()).walls.open(all)
    return {
      ...all,
      callId: 'call',
      config: runtime.config.current,
      clock: systemClock,
      log: silentLogger,
      signal: turn.signal,
      processes: walls.processes,
      commands: walls.commands('call'),
      files: await walls.files().catch(() => undefined),
      progress: () => {},
    } as unknown as ToolContext
  }

  return {
    runtime,
    workspace,
    context,
    async run(command, args = {}, facts = {}) {
      const result = await exec.run(await context(facts), { command, ...args })
      return { text: textOf(result), result }
    },
  }
}

/** Why bubblewrap cannot run on this machine; false when it can. For `skip`. */
export function bubblewrapMissing(): string | false {
  try {
    execFileSync('bwrap', ['--unshare-all', '--unshare-user', '--ro-bind', '/', '/', '--', '/bin/true'], {
      stdio: 'pipe',
    })
    return false
  } catch (error) {
    return `bubblewrap does not run here: ${String((error as Error).message).slice(0, 200)}`
  }
}

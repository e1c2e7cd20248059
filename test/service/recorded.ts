import type { Run, RunResult } from '../../src/service/run.js'

export interface Recorded {
  readonly run: Run
  /** Every call, as one line. */
  readonly calls: string[]
}

type Answer = Partial<RunResult> | undefined

/** Stands in for the commands of a system that is not here: writes down the calls and gives the answers of the test. */
export function recorded(answer: (line: string) => Answer): Recorded {
  const calls: string[] = []
  return {
    calls,
    async run(command, args) {
      const line = [command, ...args].join(' ')
      calls.push(line)
      return { code: 0, stdout: '', stderr: '', missing: false, ...answer(line) }
    },
  }
}

import type { Config } from '../../../schemas/config/index.js'
import { execConfig } from '../_exec/times.js'
import type { Process } from './process.js'
import { plain, tailOf } from './text.js'

/** A background command that has ended, for the agent that started it. */
export interface ProcessNotice {
  readonly agent: string
  readonly sessionKey: string
  readonly text: string
}

export interface ProcessEvents {
  'process.finished': ProcessNotice
}

const maxTailChars = 400

/**
 * What the agent is told of the end of a background command; undefined when it need not be: it ended it itself, or all
 * went well without a word (`tools.exec.notifyOnExit`, `notifyOnExitEmptySuccess`).
 */
export function exitNotice(process: Process, config: Config): ProcessNotice | undefined {
  const { notifyOnExit = true, notifyOnExitEmptySuccess = false } = execConfig(config, process.agent)
  const { sessionKey } = process.about
  if (!notifyOnExit || sessionKey === undefined || process.end === 'killed' || process.end === 'aborted')
    return undefined
  const tail = tailOf(plain(process.output.text()).trimEnd(), maxTailChars)
  if (tail === '' && process.exit?.code === 0 && !notifyOnExitEmptySuccess) return undefined
  const how = process.end === 'timeout' ? 'timed out' : `code ${process.exit?.code ?? process.exit?.signal}`
  return { agent: process.agent, sessionKey, text: `Exec finished (${process.id}, ${how})${tail && `: ${tail}`}` }
}

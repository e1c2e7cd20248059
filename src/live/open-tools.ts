import { openEgress } from '../egress/open.js'
import { Memory, type MemoryInput } from '../memory/memory.js'
import { openTools } from '../tools/_registry.js'
import { AnswerFiles } from './answer-files.js'
import { DirectTools, type DirectToolsInput } from './direct-tools.js'
import { Toolbox } from './toolbox.js'

export interface OpenedTools {
  /** For clients that call a tool on their own. */
  readonly direct: DirectTools
  /** For turns. */
  readonly toolbox: Toolbox
  /** The notes of agents. */
  readonly memory: Memory
  /** Files that answers name. */
  readonly answerFiles: AnswerFiles
}

export type ToolServicesInput = Omit<DirectToolsInput, 'tools' | 'fetch'> &
  Pick<MemoryInput, 'workspaceOf' | 'home' | 'catalogOf' | 'provider'> & {
    readonly walls: ConstructorParameters<typeof Toolbox>[0]['walls']
    readonly notes: MemoryInput['store']
  }

/** The tools of a gateway, and the one way out for them. Imported at the first turn or call. */
export function openToolServices(input: ToolServicesInput): OpenedTools {
  const { config, clock, env, log } = input
  const memory = new Memory({ ...input, store: input.notes })
  const tools = openTools({ config, clock, env, log, memory })
  const shared = { ...input, tools, fetch: openEgress({ clock, log }) }
  const answerFiles = new AnswerFiles({ ...shared, state: input.world.instance.paths.state })
  return { direct: new DirectTools(shared), toolbox: new Toolbox(shared), memory, answerFiles }
}

import type { Config } from '../../schemas/config/index.js'
import type { RunCaller } from '../agents/caller.js'
import { configRule } from '../approvals/rules/policy.js'
import { loadCommands } from '../commands/_commands.js'
import { CommandDoor } from '../commands/_door.js'
import type { CommandServices } from '../commands/_types.js'
import { configSource } from '../config/source.js'
import type { ConfigView } from '../config/view.js'
import type { Instance } from '../instance/types.js'
import { elevatedDefault, elevatedFor } from '../sandbox/elevated.js'
import type { Walls } from '../sandbox/walls.js'
import type { SessionName } from '../sessions/canonical.js'
import type { Sessions } from '../sessions/sessions.js'
import { execConfig } from '../tools/_exec/times.js'
import { runInChat } from './chat-shell.js'
import type { Restarts } from './restarts.js'

export type OpenCommandsInput = Omit<
  CommandServices,
  'sessions' | 'restart' | 'exec' | 'elevatedRefusal' | 'elevatedDefault' | 'compact' | 'shell' | 'changeConfig'
> & {
  readonly sessions: Pick<Sessions, 'context' | 'edit' | 'turns' | 'compact'>
  readonly walls: Pick<Walls, 'isSandboxed' | 'open'>
  readonly restarts: Restarts
  readonly instance: Instance
  readonly view: Pick<ConfigView, 'reload'>
}

/** The chat commands of a gateway. Imported at the first message that may be one. */
export async function openCommands({
  walls,
  restarts,
  instance,
  view,
  ...input
}: OpenCommandsInput): Promise<CommandDoor> {
  const { config } = input
  const services: CommandServices = {
    ...input,
    restart: ({ key: sessionKey }, caller, reason) =>
      restarts.request({ reason, tell: { who: 'chat', sessionKey, caller } }),
    exec: (session) => execFacts(config(), walls, session),
    elevatedRefusal: (agent, caller, channel) => elevatedRefusal(config(), agent, caller, channel),
    elevatedDefault: (agent) => elevatedDefault(config(), agent),
    compact: (session, focus) => compacted(input.sessions, session, focus),
    async changeConfig(edit) {
      const { editConfig } = await import('../config/edit.js')
      const { changed } = await editConfig(configSource(instance), [edit], { version: instance.version })
      const { pendingRestart } = await view.reload()
      return { changed, pendingRestart: pendingRestart.length > 0 }
    },
    shell: (session, command) => {
      const limitMs = config().commands?.bashForegroundMs
      return runInChat({ walls, clock: input.clock, limitMs }, session, command)
    },
  }
  return new CommandDoor(await loadCommands(), services)
}

async function compacted({ compact }: Pick<Sessions, 'compact'>, { key }: SessionName, focus: string): Promise<string> {
  const { compacted, reason, kept } = await compact({ key, ...(focus !== '' && { focus }) })
  return compacted ? `The conversation was summed up; ${kept} messages stay as they were.` : `Not summed up: ${reason}.`
}

function execFacts(config: Config, walls: Pick<Walls, 'isSandboxed'>, { key: sessionKey, agent }: SessionName) {
  const sandboxed = walls.isSandboxed({ agent, sessionKey })
  const { host = 'auto' } = execConfig(config, agent)
  const { security, ask } = configRule(config, agent)
  return { sandboxed, host: host === 'auto' ? 'gateway' : host, security, ask }
}

function elevatedRefusal(config: Config, agent: string, { sender }: RunCaller, channel: string): string {
  const origin = sender?.id === undefined ? 'ws' : channel
  const { allowed, failures } = elevatedFor(config, agent, { origin, ...(sender?.id && { sender: sender.id }) })
  return allowed ? '' : `You may not leave the sandbox: ${failures.map(({ key }) => key).join(', ')}.`
}

import type agents from '../../routes/ws/agents.js'
import type doctor from '../../routes/ws/doctor.js'
import type { Static } from '../../schemas/type.js'
import type { DoctorMemoryStatusResult } from '../../schemas/ws/memory.js'
import type { CommandContext } from './context.js'
import { type GatewayLine, withGateway } from './gateway-line.js'
import { columns } from './text-width.js'

type Status = Static<typeof DoctorMemoryStatusResult>
type Options = Parameters<typeof withGateway>[1] & { readonly agent?: string | undefined }

interface Wanted {
  readonly deep: boolean
  readonly index: boolean
  readonly force: boolean
}

/** Shows the memory of the agent that is named, else of every agent. */
export async function showMemory(context: CommandContext, options: Options, wanted: Wanted): Promise<void> {
  const scopes = [wanted.index ? 'operator.write' : 'operator.read']
  const found = await withGateway(
    context,
    options,
    { scopes },
    async (gateway: GatewayLine<typeof doctor & typeof agents>) => {
      const ids =
        options.agent === undefined
          ? (await gateway.call('agents.list', {})).agents.map(({ id }) => id)
          : [options.agent]
      const all: Status[] = []
      for (const agentId of ids) all.push(await gateway.call('doctor.memory.status', { agentId, ...wanted }))
      return all
    },
  )
  context.out.result({ agents: found }, () =>
    found.flatMap((status, index) => [...(index > 0 ? [''] : []), ...lines(context, status)]),
  )
}

function lines({ t, out }: CommandContext, status: Status): string[] {
  const { changed, removed = 0, files, chunks } = status
  const held = t('memory.held', { files, chunks })
  const done = changed === undefined ? '' : ` (${t('memory.changed', { changed, removed })})`
  return [
    ...columns([
      [t('memory.row.agent'), status.agentId],
      [t('memory.row.enabled'), t(status.enabled ? 'memory.on' : 'memory.off')],
      [t('memory.row.workspace'), status.workspace],
      [t('memory.row.index'), held + done],
      [t('memory.row.embedding'), embedding(t, status)],
    ]),
    ...status.problems.map((problem) => out.style(problem, 'yellow')),
  ]
}

function embedding(t: CommandContext['t'], { provider, embedding: found, withoutVector: left }: Status): string {
  if (found.error !== undefined || provider === undefined) return [provider, found.error].filter(Boolean).join(': ')
  return t(found.ok ? 'memory.works' : 'memory.unchecked', { model: provider, left })
}

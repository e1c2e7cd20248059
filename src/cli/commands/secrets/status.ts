import type secrets from '../../../../routes/ws/secrets.js'
import { callOptions } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { table } from '../../table.js'

const scopes = ['operator.admin']

export default defineCommand({
  summary: 'secrets.status.summary',
  description: 'secrets.status.description',
  options: callOptions,
  examples: [{ command: 'secrets status' }, { command: 'secrets status --json' }],
  async run(context, _args, options) {
    const status = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof secrets>) =>
      gateway.call('secrets.status', {}),
    )
    context.out.result(status, () => lines(context, status))
    return status.ok ? 0 : 1
  },
})

interface Status {
  readonly ok: boolean
  readonly references: readonly {
    readonly path: string
    readonly owner: string
    readonly source: string
    readonly provider: string
    readonly state: string
    readonly code: string | null
    readonly message: string | null
    readonly retryAt: number | null
  }[]
  readonly inactive: readonly { readonly path: string; readonly reason: string }[]
}

function lines({ out, t, hint }: CommandContext, { ok, references, inactive }: Status): string[] {
  const unused = inactive.map(({ path, reason }) => `· ${path}: ${reason}`)
  if (references.length === 0) return [t('secrets.status.none'), ...unused]
  const head = ['state', 'provider', 'path', 'owner'].map((column) =>
    t(`secrets.column.${column as 'state' | 'provider' | 'path' | 'owner'}`),
  )
  const rows = references.map(({ state, source, provider, path, owner }) => [
    state,
    `${source}:${provider}`,
    path,
    owner,
  ])
  const problems = references.flatMap(({ path, code, message, retryAt }) => {
    if (code === null) return []
    const again =
      retryAt === null ? [] : [`    ${t('secrets.status.retry', { time: new Date(retryAt).toISOString() })}`]
    return [`! ${path}: ${code}  ${message ?? ''}`, ...again]
  })
  const next = ok ? [] : ['', ...problems, t('failure.try', { command: hint('secrets reload') })]
  return [...table(out, head, rows), ...unused, ...next]
}

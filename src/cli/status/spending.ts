import type usage from '../../../routes/ws/usage.js'
import type { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import type { OptionValues } from '../define.js'
import { type GatewayLine, withGateway } from '../gateway-line.js'
import { table } from '../table.js'

const scopes = ['operator.read']

type SpendingToday = Awaited<ReturnType<typeof readSpending>>
type Account = SpendingToday['accounts'][number]

/** What was spent today, by whom, as the gateway counts it. */
export function readSpending(context: CommandContext, flags: OptionValues<typeof callOptions>) {
  return withGateway(context, flags, { scopes }, (gateway: GatewayLine<typeof usage>) =>
    gateway.call('usage.spending', {}),
  )
}

export function spendingLines({ out, t }: CommandContext, { date, accounts }: SpendingToday): string[] {
  if (accounts.length === 0) return [t('spending.none', { date })]
  const head = ['account', 'calls', 'tokens', 'usd', 'limit'] as const
  return table(
    out,
    head.map((column) => t(`spending.column.${column}`)),
    accounts.map((account) => [
      `${account.kind} ${account.name}`.trim(),
      String(account.calls),
      String(account.inputTokens + account.outputTokens),
      `$${account.usd.toFixed(4)}`,
      `${limitWords(account)}${account.exceeded ? ` ${t('spending.exceeded')}` : ''}`,
    ]),
  )
}

function limitWords({ limit }: Account): string {
  const usd = limit?.usd === undefined ? [] : [`$${limit.usd}`]
  const tokens = limit?.tokens === undefined ? [] : [`${limit.tokens} tokens`]
  return [...usd, ...tokens].join(', ') || '-'
}

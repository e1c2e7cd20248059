import { type callOptions, clientOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import { defineCommand, type OptionValues } from '../define.js'
import { greetView } from '../gateway-greeting.js'
import { viewGateway } from '../gateway-view.js'
import { nextSteps } from '../next-steps.js'
import { profileTable } from '../profile-table.js'
import { statusJson, statusLines } from '../status/lines.js'

export default defineCommand({
  summary: 'status.summary',
  description: 'status.description',
  options: {
    ...clientOptions,
    deep: { kind: 'flag', text: 'gateway.status.deep' },
    all: { kind: 'flag', text: 'status.all' },
    usage: { kind: 'flag', text: 'status.usage' },
    agent: { kind: 'text', value: 'id', text: 'option.unavailable', unavailable: true },
  },
  examples: [
    { command: 'status' },
    { command: '--profile rescue status --deep' },
    { command: 'status --json' },
    { command: 'status --all', text: 'status.example.all' },
  ],
  async run(context, _args, options) {
    const { out, t, hint } = context
    const [view, others, usage] = await Promise.all([
      viewGateway(context, options).then((found) => greetView(found, options.timeout)),
      options.deep || options.all ? profileTable(context) : undefined,
      options.usage ? usageOf(context, options) : undefined,
    ])
    const running = view.probe?.ready === true && view.probe.details.config?.valid !== false
    const good = view.loaded.ok && running && !view.failure
    const steps = nextSteps(view)
    if (options.all)
      return (await import('../status/report.js')).fullReport(context, { view, profiles: others, good, steps })
    out.result(
      {
        ok: good,
        ...view.greeting.status,
        ...statusJson(view),
        ...(others && { profiles: others.rows }),
        ...(usage && { usage: usage.spending }),
        next: steps.map(hint),
      },
      () => [
        ...statusLines(view, context),
        ...(others ? ['', ...others.lines] : []),
        ...(usage ? ['', ...usage.lines] : []),
        ...(steps.length > 0
          ? ['', out.style(t('status.next'), 'bold'), ...steps.map((step) => `  ${hint(step)}`)]
          : []),
      ],
    )
    return good ? 0 : 1
  },
})

/** What was spent today; undefined when the gateway cannot be asked, which the rest of the report says. */
async function usageOf(context: CommandContext, flags: OptionValues<typeof callOptions>) {
  const { readSpending, spendingLines } = await import('../status/spending.js')
  const spending = await readSpending(context, flags).catch(() => undefined)
  return spending && { spending, lines: spendingLines(context, spending) }
}

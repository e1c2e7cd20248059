import type { GatewayView } from './gateway-view.js'

/** What to run next, most urgent first, without `openclaw`; empty when all is well. */
export function nextSteps({ loaded, failure, probe }: GatewayView, { probed = true } = {}): string[] {
  const steps: string[] = []
  if (!loaded.ok) steps.push('config validate')
  else if (!loaded.exists && !probe) steps.push('setup')
  const next = failure?.details?.next
  // A start would be refused.
  if (probed && loaded.ok && typeof next === 'string') steps.push(next)
  if (probe?.details.config?.valid === false) steps.push('config validate')
  return [...new Set(steps)]
}

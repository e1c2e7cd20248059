import type { Config } from '../../schemas/config/index.js'
import { accessRules } from './rules/access.js'
import { bindingRules } from './rules/bindings.js'
import { channelRules } from './rules/channels.js'
import { gatewayRules } from './rules/gateway.js'
import { heartbeatRules } from './rules/heartbeats.js'
import { hookRules } from './rules/hooks.js'
import { patternRules } from './rules/patterns.js'
import type { Report } from './rules/report.js'
import { sandboxRules } from './rules/sandbox.js'
import { secretRules } from './rules/secrets.js'
import { toolRules } from './rules/tools.js'
import type { Finding } from './types.js'

const rules = [
  gatewayRules,
  secretRules,
  sandboxRules,
  toolRules,
  channelRules,
  accessRules,
  bindingRules,
  patternRules,
  hookRules,
  heartbeatRules,
]

/** Rules that look at more than one key (spec/config.md sections 1.6 and 3.7). The config already fits the schema. */
export function checkRules(config: Config): { readonly errors: Finding[]; readonly warnings: Finding[] } {
  const errors: Finding[] = []
  const warnings: Finding[] = []
  const report: Report = {
    error: (path, message) => errors.push({ path, message }),
    warn: (path, message) => warnings.push({ path, message }),
  }
  for (const rule of rules) rule(config, report)
  return { errors, warnings }
}

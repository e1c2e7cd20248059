import { agentRoster } from '../../../agents/select.js'
import { modelForAgent } from '../../../models/selection.js'
import { type AuditCheck, type AuditFinding, finding } from '../types.js'

/** Billions of parameters below which a model follows whoever spoke last. */
const small = 8
const old = /(?:^|\/)(?:gpt-3\.5|gpt-4(?:-0|$)|text-davinci|claude-(?:1|2|instant|3-)|gemini-1\.|llama-?2)/i

const check: AuditCheck = ({ config, open }) => {
  const { ids } = agentRoster(config)
  const names = [
    ...new Set(
      ids.flatMap((id) => {
        const { primary, fallbacks } = modelForAgent(config, id)
        return [primary, ...fallbacks]
      }),
    ),
  ]
  return names.flatMap((name): AuditFinding[] => {
    const [, size] = /[-:_](\d+(?:\.\d+)?)b\b/i.exec(name) ?? []
    const found: AuditFinding[] = []
    if (size !== undefined && Number(size) < small) {
      const strangers = open.direct.length + open.groups.length > 0
      const severity = strangers ? 'critical' : 'info'
      const detail = `${name} is small: text that it reads can give it orders${strangers ? ', and strangers may write to it' : ''}.`
      found.push(
        finding('models.small_params', severity, 'A small model', detail, 'Give it few tools, or use a larger one.'),
      )
    }
    if (old.test(name))
      found.push(
        finding(
          'models.legacy',
          'warn',
          'An old model',
          `${name} withstands injected orders badly.`,
          'Use a newer one.',
        ),
      )
    return found
  })
}

export default check

import { stringEnum } from '../primitives.js'
import { Type } from '../type.js'

const name = () => Type.String({ minLength: 1 })
const agentId = Type.Optional(Type.String({ minLength: 1, description: 'The default agent when absent.' }))

export const ModelsListParams = Type.Object({
  agentId,
  sessionKey: Type.Optional(Type.String({ minLength: 1 })),
  view: Type.Optional(
    stringEnum(['default', 'configured', 'provider-config', 'all'], {
      description: '`provider-config`: what the config describes; `all`: the embedded model too.',
    }),
  ),
  refresh: Type.Optional(Type.Boolean()),
  preparedOnly: Type.Optional(Type.Boolean()),
  includeProviderCapabilities: Type.Optional(Type.Boolean()),
})

export const ModelRow = Type.Object({
  id: Type.String({ minLength: 1, description: 'As its provider knows it; `<provider>/<id>` names it here.' }),
  name: name(),
  provider: name(),
  alias: Type.Optional(name()),
  available: Type.Boolean({ description: 'It could be called now.' }),
  unavailableReason: Type.Optional(stringEnum(['missing-auth', 'auth-failed', 'cooldown'])),
  contextWindow: Type.Optional(Type.Integer({ minimum: 1, description: 'Tokens.' })),
  reasoning: Type.Optional(Type.Boolean()),
  input: Type.Optional(Type.Array(stringEnum(['text', 'image', 'audio', 'video']))),
})

export const ModelsListResult = Type.Object({ models: Type.Array(ModelRow) })

export const ModelsAuthStatusParams = Type.Object({ agentId, refresh: Type.Optional(Type.Boolean()) })
export const ModelsAuthStatusResult = Type.Object({
  ts: Type.Integer(),
  providers: Type.Array(
    Type.Object({
      provider: name(),
      displayName: name(),
      status: stringEnum(['ok', 'expiring', 'expired', 'missing', 'static'], {
        description: '`static`: there is a key, or none is needed.',
      }),
      profiles: Type.Array(Type.Object({ profileId: name(), type: Type.String(), status: Type.String() })),
    }),
  ),
  providerCapabilities: Type.Array(Type.Unknown()),
})

export const UsageStatusResult = Type.Object({
  updatedAt: Type.Integer(),
  providers: Type.Array(Type.Unknown({ description: 'Quotas that providers report.' })),
})

const date = (description: string) => Type.Optional(Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description }))

export const UsageCostParams = Type.Object({
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3660, description: 'The last so many days; 30 when absent.' }),
  ),
  startDate: date('First day.'),
  endDate: date('Last day; today when absent.'),
  mode: Type.Optional(stringEnum(['utc', 'gateway', 'specific'], { description: 'Whose days.' })),
  utcOffset: Type.Optional(Type.String({ pattern: '^UTC[+-]\\d{1,2}(?::[0-5]\\d)?$' })),
  timeZone: Type.Optional(name()),
  agentId: Type.Optional(Type.String({ minLength: 1, description: 'Only turns of this agent.' })),
  agentScope: Type.Optional(Type.Literal('all')),
})

const amount = () => Type.Number({ minimum: 0 })
const totals = {
  input: Type.Integer({ minimum: 0, description: 'Tokens, without those from a cache.' }),
  output: Type.Integer({ minimum: 0 }),
  cacheRead: Type.Integer({ minimum: 0 }),
  cacheWrite: Type.Integer({ minimum: 0 }),
  totalTokens: Type.Integer({ minimum: 0 }),
  totalCost: Type.Number({ minimum: 0, description: 'US dollars.' }),
  inputCost: amount(),
  outputCost: amount(),
  cacheReadCost: amount(),
  cacheWriteCost: amount(),
  missingCostEntries: Type.Integer({ minimum: 0, description: 'Turns of models without a price.' }),
}

export const UsageCostResult = Type.Object({
  updatedAt: Type.Integer(),
  days: Type.Integer({ minimum: 0 }),
  daily: Type.Array(Type.Object({ date: Type.String(), ...totals })),
  totals: Type.Object(totals),
})

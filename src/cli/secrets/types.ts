export interface ConfigureOptions {
  readonly setProviders: string | undefined
  readonly setRefs: string | undefined
  readonly agent: string | undefined
  readonly providersOnly: boolean
  readonly skipProviderSetup: boolean
  readonly planOut: string | undefined
  readonly apply: boolean
  readonly yes: boolean
  readonly allowExec: boolean
}

/** What a plan changes, before it is looked at as a whole. */
export interface PlanDraft {
  readonly providerUpserts: Readonly<Record<string, unknown>>
  readonly targets: readonly object[]
}

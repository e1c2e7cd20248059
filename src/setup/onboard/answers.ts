import type { SecretValue } from '../../models/credentials.js'
import type { SetupOptions } from '../plan.js'

/** The model that all agents use from now on, and what its provider needs for it. */
export interface ModelAnswer {
  readonly provider: string
  readonly model: string
  /** Only what differs from what is known of the provider. */
  readonly baseUrl?: string | undefined
  readonly api?: string | undefined
  readonly apiKey?: SecretValue | undefined
  /** Accepted input kinds of a model that nothing is known of. */
  readonly input?: readonly string[] | undefined
  /** True: the model stands in the config by itself, since no table knows its provider. */
  readonly listed?: boolean | undefined
}

/** Credentials of chat channels by their keys under `channels.<id>`. */
export type ChannelAnswers = Readonly<Record<string, Readonly<Record<string, SecretValue>>>>

/** Everything that onboarding may write; what is absent stays as it is. */
export interface OnboardAnswers extends SetupOptions {
  readonly model?: ModelAnswer | undefined
  /** Open the OpenAI-compatible endpoints. */
  readonly endpoints?: boolean | undefined
  readonly tailscale?: 'off' | 'serve' | 'funnel' | undefined
  readonly customBindHost?: string | undefined
  readonly channels?: ChannelAnswers | undefined
}

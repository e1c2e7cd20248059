import type { Limiter } from '../../auth/limiter.js'
import type { AuthSettings } from '../../auth/settings.js'
import type { RequestFacts, Verdict } from '../../auth/verdict.js'
import type { Config } from '../../config/types.js'
import type { Devices } from '../open.js'
import type { Problem } from './handshake.js'

/** What deciding about a handshake needs. */
export interface AdmitServices {
  readonly devices: Devices
  readonly auth: {
    settings(): AuthSettings
    /** Decides without counting. */
    decide(facts: RequestFacts): Verdict
  }
  /** The one of the HTTP doors. */
  readonly limiter: Limiter
  readonly config: () => Config
  /** Says what is wrong with a value, or nothing. */
  readonly problem: Problem
}

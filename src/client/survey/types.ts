import type { HelloOk } from '../../../schemas/ws/connect.js'
import type { GatewayError } from '../../kernel/errors.js'
import type { Capability } from '../capability.js'
import type { FoundGateway } from '../open.js'
import type { Probe } from '../probe.js'

/** Why a way is looked at, most wanted first (spec/cli.md 2.5). */
export type WayKind = 'explicit' | 'sshTunnel' | 'configRemote' | 'localLoopback' | 'localProfile'

/** A way to a gateway, before anything is sent. */
export interface Way {
  /** `explicit`, `configRemote`, `profile:rescue` ...; unique in a survey. */
  readonly id: string
  readonly kind: WayKind
  /** True for the gateway that a command without flags would use. */
  readonly active: boolean
  /** Where it leads, once it is known. */
  readonly display: string
  /** With the secret of that gateway and no other. Throws `GatewayError`. */
  find(): Promise<FoundGateway>
}

/** What came of one way. */
export interface Seen {
  readonly way: Pick<Way, 'id' | 'kind' | 'active'>
  readonly url: string
  readonly probe: Probe | undefined
  readonly hello: HelloOk | undefined
  readonly capability: Capability
  /** Why there is no probe, or no hello. */
  readonly failure: GatewayError | undefined
  /** A secret that is configured and cannot be read. */
  readonly credentialProblem: string | undefined
  readonly elapsedMs: number
}

import type { ContentPart } from '../../../schemas/message.js'

export interface LookRequest {
  readonly images: readonly ContentPart[]
  readonly prompt: string
  readonly signal: AbortSignal
}

/** A model that sees, beside the one of the turn. */
export interface GatewayVision {
  /** What it says of the images. Throws when none is set or none answers. */
  look(request: LookRequest): Promise<{ readonly text: string; readonly model: string }>
}

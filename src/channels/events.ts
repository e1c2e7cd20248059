import type { Place, Sender } from './port.js'

interface Spoken {
  readonly channel: string
  readonly account: string
  readonly place: Place
  readonly text: string
}

/** A person has written, and an agent is going to answer. */
export interface MessageReceived extends Spoken {
  readonly messageId: string
  readonly sender: Sender
  readonly agent: string
  readonly sessionKey: string
}

/** The platform has taken a message. */
export interface MessageSent extends Spoken {
  readonly messageId: string | undefined
}

/** What chat channels tell the gateway. */
export interface ChannelEvents {
  'message.received': MessageReceived
  'message.sent': MessageSent
}

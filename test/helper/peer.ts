import type { ClientFacts } from '../../src/live/caller.js'
import type { Peer } from '../../src/live/peer.js'

export interface TestPeer extends Peer {
  /** What it was told, in order. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at whatever comes
  readonly told: { name: string; payload: any; stateVersion: string | undefined }[]
}

/** A socket of an operator, for tests of what the hub tells; `caller` is laid over its facts. */
export function testPeer(connId: string, caller: Partial<Peer['caller']> = {}): TestPeer {
  const told: TestPeer['told'] = []
  return {
    told,
    connId,
    caller: {
      role: 'operator',
      scopes: ['operator.read'],
      method: 'token',
      user: undefined,
      clientIp: '192.0.2.1',
      local: false,
      client: undefined,
      deviceId: undefined,
      caps: [],
      ...caller,
    },
    connectedAt: 0,
    messageKeys: new Set(),
    wantsSessions: false,
    event: (name, payload, options) => {
      told.push({ name, payload: JSON.parse(payload), stateVersion: options?.stateVersion })
    },
    direct: () => {},
    close: () => {},
  }
}

export function testClient(mode: string, more: Partial<ClientFacts> = {}): ClientFacts {
  return { id: 'test', mode, version: '1.2.3', platform: 'linux', ...more }
}

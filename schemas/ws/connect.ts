import { stringEnum } from '../primitives.js'
import { type Static, Type } from '../type.js'
import { HealthPayload } from './health.js'
import { PresenceEntry } from './presence.js'

export const clientIds = [
  'webchat-ui',
  'openclaw-control-ui',
  'openclaw-browser-copilot',
  'openclaw-tui',
  'webchat',
  'cli',
  'gateway-client',
  'openclaw-macos',
  'openclaw-linux',
  'openclaw-ios',
  'openclaw-watchos',
  'openclaw-android',
  'node-host',
  'openclaw-worker',
  'test',
  'fingerprint',
  'openclaw-probe',
] as const

export const clientModes = ['webchat', 'cli', 'ui', 'backend', 'node', 'worker', 'probe', 'test'] as const

const text = () => Type.String({ minLength: 1 })
const texts = () => Type.Array(text())

/** What a client says of itself. */
export const ConnectClient = Type.Object({
  id: stringEnum(clientIds),
  mode: stringEnum(clientModes),
  version: text(),
  platform: text(),
  displayName: Type.Optional(text()),
  deviceFamily: Type.Optional(text()),
  modelIdentifier: Type.Optional(text()),
  instanceId: Type.Optional(text()),
  buildId: Type.Optional(Type.String({ minLength: 1, maxLength: 96 })),
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
})
export type ConnectClient = Static<typeof ConnectClient>

/** Proof that the client holds the device's key; what is signed: src/devices/payload.ts. */
export const ConnectDevice = Type.Object({
  id: text(),
  publicKey: text(),
  signature: text(),
  signedAt: Type.Integer({ minimum: 0, description: 'The `ts` of the challenge, in milliseconds.' }),
  nonce: Type.String({ description: 'The nonce of the challenge.' }),
})
export type ConnectDevice = Static<typeof ConnectDevice>

export const ConnectAuth = Type.Object({
  token: Type.Optional(Type.String()),
  password: Type.Optional(Type.String()),
  deviceToken: Type.Optional(Type.String()),
  bootstrapToken: Type.Optional(Type.String()),
  approvalRuntimeToken: Type.Optional(Type.String()),
  agentRuntimeIdentityToken: Type.Optional(Type.String()),
})
export type ConnectAuth = Static<typeof ConnectAuth>

/**
 * Params of the first request of a socket (spec/protocol.md 2.2). Open objects: newer official clients send keys and
 * capabilities that older schemas do not know.
 */
export const ConnectParams = Type.Object({
  minProtocol: Type.Integer({ minimum: 1 }),
  maxProtocol: Type.Integer({ minimum: 1 }),
  client: ConnectClient,
  role: Type.Optional(text()),
  scopes: Type.Optional(texts()),
  caps: Type.Optional(texts()),
  commands: Type.Optional(texts()),
  permissions: Type.Optional(Type.Record(Type.String(), Type.Boolean())),
  pathEnv: Type.Optional(Type.String()),
  auth: Type.Optional(ConnectAuth),
  device: Type.Optional(ConnectDevice),
  locale: Type.Optional(Type.String()),
  userAgent: Type.Optional(Type.String()),
})
export type ConnectParams = Static<typeof ConnectParams>

/** The answer to a `connect` that was admitted (spec/protocol.md 2.8). */
export const HelloOk = Type.Object({
  type: Type.Literal('hello-ok'),
  protocol: Type.Integer({ minimum: 1 }),
  server: Type.Object({ version: text(), connId: text(), bootId: Type.Optional(text()) }),
  features: Type.Object({ methods: texts(), events: texts() }),
  snapshot: Type.Object({
    presence: Type.Array(PresenceEntry),
    health: HealthPayload,
    stateVersion: Type.Object({ presence: Type.Integer({ minimum: 0 }), health: Type.Integer({ minimum: 0 }) }),
    uptimeMs: Type.Integer({ minimum: 0 }),
    sessionDefaults: Type.Optional(
      Type.Object({
        defaultAgentId: text(),
        modelConfigured: Type.Boolean(),
        mainKey: text(),
        mainSessionKey: text(),
        scope: Type.Optional(text()),
      }),
    ),
    authMode: Type.Optional(text()),
    configPath: Type.Optional(text()),
    stateDir: Type.Optional(text()),
  }),
  auth: Type.Object({
    role: text(),
    scopes: Type.Array(text()),
    method: Type.Optional(text()),
    deviceToken: Type.Optional(text()),
    issuedAtMs: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  policy: Type.Object({
    maxPayload: Type.Integer({ minimum: 1 }),
    maxBufferedBytes: Type.Integer({ minimum: 1 }),
    tickIntervalMs: Type.Integer({ minimum: 1 }),
  }),
})
export type HelloOk = Static<typeof HelloOk>

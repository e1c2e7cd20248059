import { join } from 'node:path'
import type { Test } from 'tap'
import { ParamsValidator } from '../../routes/ws/_params.js'
import type { TSchema } from '../../schemas/type.js'
import type { ConnectAuth, ConnectParams } from '../../schemas/ws/connect.js'
import { decide } from '../../src/auth/decide.js'
import { HeaderView } from '../../src/auth/headers.js'
import { Limiter } from '../../src/auth/limiter.js'
import { type AuthInput, compileAuthSettings } from '../../src/auth/settings.js'
import type { Config } from '../../src/config/types.js'
import type { Admission } from '../../src/devices/admission.js'
import { admit } from '../../src/devices/admit/admit.js'
import type { AdmitServices } from '../../src/devices/admit/services.js'
import type { DeviceEvents } from '../../src/devices/events.js'
import { type DeviceIdentity, identityOf, newIdentityKey } from '../../src/devices/identity.js'
import { type Devices, openDevices } from '../../src/devices/open.js'
import { signConnect } from '../../src/devices/sign.js'
import { EventBus } from '../../src/kernel/events.js'
import { silentLogger } from '../../src/kernel/logger.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import type { Store } from '../../src/storage/types.js'
import { allMethods, fakeClock } from '../auth/_support.js'
import { testFolder } from '../helper/folder.js'

export const TOKEN = 'the-right-token-0123456789'
export const PASSWORD = 'the-right-password'
export const PAGE = 'http://127.0.0.1:18789'

export const clients = {
  cli: { id: 'cli', mode: 'cli' },
  backend: { id: 'gateway-client', mode: 'backend' },
  probe: { id: 'cli', mode: 'probe' },
  test: { id: 'test', mode: 'test' },
  app: { id: 'openclaw-macos', mode: 'ui' },
  page: { id: 'openclaw-control-ui', mode: 'webchat' },
  node: { id: 'node-host', mode: 'node' },
} as const
export type ClientKind = keyof typeof clients

/** One `connect` as a test writes it down; what is left out is that of a good program on this machine. */
export interface Connect {
  readonly client?: ClientKind
  readonly auth?: ConnectAuth
  readonly role?: string
  readonly scopes?: readonly string[]
  readonly device?: DeviceIdentity
  /** Laid over the signed `device`. */
  readonly tamper?: object
  /** Laid over the params before they are signed. */
  readonly params?: object
  readonly peer?: string
  /** Header names to values; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>
}

export interface World {
  readonly devices: Devices
  readonly store: Store
  readonly limiter: Limiter
  readonly clock: ReturnType<typeof fakeClock>
  readonly events: { readonly name: string; readonly payload: object }[]
  /** Sockets that are open, as the hub would know them: `<deviceId>` or `<deviceId> <role>`. */
  readonly open: Set<string>
  connect(connect?: Connect): Promise<Admission>
  /** Another store and another registry on the same files, as after a kill. */
  restart(): Promise<void>
  use(auth: AuthInput, config?: Config): void
}

export const newDevice = (): DeviceIdentity => identityOf(newIdentityKey())

/** A gateway's registry with everything that decides about a handshake, on real files. */
export async function openWorld(
  t: Pick<Test, 'teardown'>,
  input: AuthInput = { mode: 'token', token: TOKEN },
  gateway: Config['gateway'] = {},
  folder = testFolder(t),
): Promise<World> {
  const clock = fakeClock()
  const limiter = new Limiter(clock)
  const validator = new ParamsValidator()
  const events: World['events'] = []
  const open = new Set<string>()
  const compile = (auth: AuthInput) => compileAuthSettings({ ownAddresses: () => new Set(['192.168.1.2']), ...auth })
  const current = { auth: compile(input), config: { gateway } as Config }
  const build = async () => {
    const store = await openSqliteStore(join(folder, 'a.db'))
    const bus = new EventBus<DeviceEvents>()
    for (const name of eventNames) bus.on(name, (payload) => void events.push({ name, payload }))
    const devices = openDevices({
      store,
      clock,
      bus,
      log: silentLogger,
      config: () => current.config,
      credentials: join(folder, 'credentials'),
      connected: (id, role) => open.has(id) || (role !== undefined && open.has(`${id} ${role}`)),
    })
    return { store, devices }
  }
  let parts = await build()
  t.teardown(() => parts.store.close())
  const services: AdmitServices = {
    get devices() {
      return parts.devices
    },
    auth: { settings: () => current.auth, decide: (facts) => decide(facts, current.auth, allMethods) },
    limiter,
    config: () => current.config,
    problem: (schema: TSchema, value: unknown) => validator.problem(schema, value),
  }
  return {
    get devices() {
      return parts.devices
    },
    get store() {
      return parts.store
    },
    limiter,
    clock,
    events,
    open,
    connect: (connect = {}) => admit(services, requestOf(connect, clock.now())),
    async restart() {
      await parts.store.close()
      parts = await build()
    },
    use(auth, config = current.config) {
      current.auth = compile(auth)
      current.config = config
    },
  }
}

const eventNames = [
  'device.pair.requested',
  'device.pair.resolved',
  'device.pair.changed',
  'node.pair.requested',
  'node.pair.resolved',
  'device.invalidated',
] as const satisfies readonly (keyof DeviceEvents)[]

const nonce = '6f9619ff-8b86-d011-b42d-00cf4fc964ff'

function requestOf(connect: Connect, now: number): Parameters<typeof admit>[1] {
  const headers = { host: '127.0.0.1:18789', ...(connect.client === 'page' && { origin: PAGE }), ...connect.headers }
  const raw = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [name, value]))
  return {
    params: connectParamsOf(connect, { nonce, ts: now }),
    facts: { peer: connect.peer ?? '127.0.0.1', headers: new HeaderView(raw) },
    challenge: { nonce, ts: now },
  }
}

/** The params that a client of this kind sends, signed when it has a device. */
export function connectParamsOf(connect: Connect, challenge: { nonce: string; ts: number }): object {
  const { client = 'cli', auth = { token: TOKEN }, device, tamper } = connect
  const node = client === 'node'
  const params = {
    minProtocol: 4,
    maxProtocol: 4,
    client: { ...clients[client], version: '1.0.0', platform: 'linux' },
    role: connect.role ?? (node ? 'node' : 'operator'),
    scopes: connect.scopes ?? (node ? [] : ['operator.admin']),
    caps: [],
    auth,
    ...connect.params,
  } as unknown as ConnectParams & { scopes: string[]; role: string }
  if (!device) return params
  const signed = signConnect(device, {
    client: params.client,
    role: params.role,
    scopes: params.scopes,
    auth: params.auth,
    ...challenge,
  })
  return { ...params, device: { ...signed, ...tamper } }
}

/** One word for what came out: how it came in, or why not. */
export function word(admission: Admission): string {
  if (!admission.ok) {
    const { code, reason } = (admission.error.details ?? {}) as { code?: string; reason?: string }
    if (code === undefined) return admission.error.message
    return code === 'PAIRING_REQUIRED' ? `${code} ${reason}` : code
  }
  const { caller, deviceToken } = admission
  const scopes = caller.scopes.map((scope) => scope.replace('operator.', '')).join('+') || '-'
  return `${caller.method} ${scopes}${deviceToken === undefined ? '' : ' token'}`
}

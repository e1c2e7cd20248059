import type { AuthInput } from '../../../src/auth/settings.js'
import type { Config } from '../../../src/config/types.js'
import { type ClientKind, type Connect, PASSWORD, TOKEN } from '../world.js'

/** A gateway that handshakes are tried on; the real one is started with the same as its config. */
export interface Setting {
  readonly auth: AuthInput
  readonly gateway?: Config['gateway']
}

const proxy = { userHeader: 'x-forwarded-user' }
const calm = { maxAttempts: 1_000 }
const trustedProxies = ['10.0.0.1']

export const settings = {
  token: { auth: { mode: 'token', token: TOKEN, rateLimit: calm } },
  'token behind a proxy': { auth: { mode: 'token', token: TOKEN, rateLimit: calm, trustedProxies } },
  'token, nobody silently': {
    auth: { mode: 'token', token: TOKEN, rateLimit: calm },
    gateway: { nodes: { pairing: { autoApproveLocal: false, autoApproveCidrs: ['192.168.7.0/24'] } } },
  },
  password: { auth: { mode: 'password', password: PASSWORD, rateLimit: calm } },
  none: { auth: { mode: 'none' } },
  'trusted-proxy': {
    auth: {
      mode: 'trusted-proxy',
      password: PASSWORD,
      rateLimit: calm,
      trustedProxies,
      trustedProxy: proxy,
      allowedOrigins: ['https://claw.example'],
    },
    gateway: { auth: { identityScopes: { 'Ann@example.com': ['operator.read', 'operator.write'] } } },
  },
  'trusted-proxy, pages approved': {
    auth: { mode: 'trusted-proxy', trustedProxies, trustedProxy: proxy, allowedOrigins: ['https://claw.example'] },
    gateway: { auth: { trustedProxy: { ...proxy, deviceAutoApprove: { enabled: true } } } },
  },
} as const satisfies Record<string, Setting>
export type SettingName = keyof typeof settings

/** What comes out. `keep`, `none`: without a device, with the scopes asked for or with none. */
const outcomes = {
  keep: '% admin',
  none: '% -',
  paired: '% admin token',
  node: '% - token',
  bad: '@MISMATCH',
  missing: '@MISSING',
  device: 'DEVICE_IDENTITY_REQUIRED',
  pageDevice: 'CONTROL_UI_DEVICE_IDENTITY_REQUIRED',
  ask: 'PAIRING_REQUIRED not-paired',
  origin: 'CONTROL_UI_ORIGIN_NOT_ALLOWED',
  no: 'AUTH_UNAUTHORIZED',
  header: 'AUTH_IDENTITY_HEADER_REQUIRED',
  limited: '% read+write+approvals+questions token',
  mapped: '% read+write',
} as const
type Outcome = keyof typeof outcomes

export interface Case {
  readonly name: string
  readonly setting: SettingName
  readonly connect: Connect
  /** Sent by a device that nobody knows. */
  readonly fresh: boolean
  readonly expected: string
  /** A real client can be in this situation on one machine. */
  readonly real: boolean
}

const kinds: readonly ClientKind[] = ['cli', 'backend', 'probe', 'test', 'app', 'page', 'node']

type Situation = readonly [
  name: string,
  setting: SettingName,
  connect: Connect,
  /** How a caller that comes in is said to have come. */
  method: string,
  /** For each of `kinds`. */
  without: readonly Outcome[],
  withDevice: readonly Outcome[],
]

const all = (outcome: Outcome): readonly Outcome[] => kinds.map(() => outcome)
const programs: readonly Outcome[] = ['keep', 'keep', 'none', 'none', 'pageDevice', 'pageDevice', 'device']
const strangers: readonly Outcome[] = ['device', 'device', 'device', 'device', 'pageDevice', 'pageDevice', 'device']
const wrong: readonly Outcome[] = ['bad', 'bad', 'bad', 'bad', 'pageDevice', 'pageDevice', 'bad']
const silently: readonly Outcome[] = ['paired', 'paired', 'paired', 'paired', 'paired', 'paired', 'node']
const pagesRefused = (outcomes: readonly Outcome[]) => outcomes.map((one, at) => (at === 5 ? 'origin' : one))

const both = { token: TOKEN, password: TOKEN }
const far = { peer: '203.0.113.9' }
const proxied = { peer: '10.0.0.1', headers: { 'x-forwarded-for': '203.0.113.9' } }
const tunnelled = { headers: { host: 'claw.example', origin: null } }
const claimed = { headers: { 'x-forwarded-for': '203.0.113.9' } }
const otherPage = { headers: { origin: 'https://evil.example' } }
const localPage = { headers: { origin: 'http://localhost:3000' } }
const signedIn = (user: string): Connect => ({
  auth: {},
  peer: '10.0.0.1',
  headers: {
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-user': user,
    origin: 'https://claw.example',
    host: 'claw.example',
  },
})

const situations: readonly Situation[] = [
  // A program on this machine
  ['the right token', 'token', {}, 'token', programs, silently],
  ['the token as password', 'token', { auth: { password: TOKEN } }, 'token', programs, silently],
  ['the token in both fields', 'token', { auth: both }, 'token', programs, silently],
  [
    'the token beside a wrong password',
    'token',
    { auth: { token: TOKEN, password: 'x' } },
    'token',
    programs,
    silently,
  ],
  ['a wrong token', 'token', { auth: { token: 'x' } }, 'token', wrong, all('bad')],
  [
    'a wrong token beside the right password',
    'token',
    { auth: { token: 'x', password: TOKEN } },
    'token',
    wrong,
    all('bad'),
  ],
  ['no secret', 'token', { auth: {} }, 'token', strangers, all('missing')],
  ['a blank token', 'token', { auth: { token: ' ' } }, 'token', strangers, all('missing')],
  ['the right password', 'password', { auth: { password: PASSWORD } }, 'password', programs, silently],
  ['the password as token', 'password', { auth: { token: PASSWORD } }, 'password', programs, silently],
  ['a wrong password', 'password', { auth: { password: 'x' } }, 'password', wrong, all('bad')],
  ['no password', 'password', { auth: {} }, 'password', strangers, all('missing')],
  ['mode none', 'none', { auth: {} }, 'none', programs, silently],
  ['mode none with a secret', 'none', { auth: { token: 'x' } }, 'none', programs, silently],
  // Programs behind a Host that is not this machine's: a tunnel that sends no headers
  ['through a silent tunnel', 'token', tunnelled, 'token', pagesRefused(strangers), pagesRefused(all('ask'))],
  // Network
  ['from the network', 'token', far, 'token', strangers, all('ask')],
  ['a wrong token from the network', 'token', { ...far, auth: { token: 'x' } }, 'token', wrong, all('bad')],
  ['nothing from the network', 'token', { ...far, auth: {} }, 'token', strangers, all('missing')],
  ['through a trusted proxy', 'token behind a proxy', proxied, 'token', strangers, all('ask')],
  ['headers of a proxy that nobody trusts', 'token', claimed, 'token', all('no'), all('no')],
  ['a proxy that names nobody', 'token behind a proxy', { peer: '10.0.0.1' }, 'token', all('no'), all('no')],
  [
    'a proxy that names loopback',
    'token behind a proxy',
    { peer: '10.0.0.1', headers: { 'x-forwarded-for': '127.0.0.1' } },
    'token',
    all('no'),
    all('no'),
  ],
  // Pages
  ['a foreign page', 'token', otherPage, 'token', all('origin'), all('origin')],
  ['a sandboxed page', 'token', { headers: { origin: 'null' } }, 'token', all('origin'), all('origin')],
  [
    'another page of this machine, with the token',
    'token',
    localPage,
    'token',
    ['device', 'device', 'device', 'device', 'pageDevice', 'pageDevice', 'device'],
    ['ask', 'ask', 'ask', 'ask', 'ask', 'paired', 'ask'],
  ],
  [
    'another page of this machine, without any secret',
    'none',
    { ...localPage, auth: {} },
    'none',
    ['device', 'device', 'device', 'device', 'pageDevice', 'pageDevice', 'device'],
    all('ask'),
  ],
  ['no origin', 'token', { headers: { origin: null } }, 'token', pagesRefused(programs), pagesRefused(silently)],
  // Approval by hand
  ['nobody is let in silently', 'token, nobody silently', {}, 'token', programs, all('ask')],
  [
    'from a network whose nodes are let in',
    'token, nobody silently',
    { peer: '192.168.7.9' },
    'token',
    strangers,
    ['ask', 'ask', 'ask', 'ask', 'ask', 'ask', 'node'],
  ],
  // Behind a proxy that signs users in
  [
    'a user without scopes of its own',
    'trusted-proxy',
    signedIn('bob@example.com'),
    'trusted-proxy',
    ['device', 'device', 'device', 'device', 'pageDevice', 'none', 'device'],
    all('ask'),
  ],
  [
    'a user with scopes of its own',
    'trusted-proxy',
    { ...signedIn('ANN@example.com'), scopes: ['operator.read', 'operator.write'] },
    'trusted-proxy',
    ['device', 'device', 'device', 'device', 'pageDevice', 'mapped', 'device'],
    ['ask', 'ask', 'ask', 'ask', 'ask', 'mapped', 'ask'],
  ],
  [
    'a user whose pages are approved',
    'trusted-proxy, pages approved',
    {
      ...signedIn('bob@example.com'),
      scopes: ['operator.read', 'operator.write', 'operator.approvals', 'operator.questions', 'operator.pairing'],
    },
    'trusted-proxy',
    ['device', 'device', 'device', 'device', 'pageDevice', 'none', 'device'],
    ['ask', 'ask', 'ask', 'ask', 'ask', 'limited', 'ask'],
  ],
  ['nobody signed in', 'trusted-proxy', proxied, 'trusted-proxy', all('header'), all('header')],
  ['the password on this machine', 'trusted-proxy', { auth: { password: PASSWORD } }, 'password', programs, silently],
  ['a wrong password there', 'trusted-proxy', { auth: { password: 'x' } }, 'password', wrong, all('bad')],
  ['nothing on this machine', 'trusted-proxy', { auth: {} }, 'trusted-proxy', all('no'), all('no')],
]

/** Every situation for every kind of client, without a device and with one that nobody knows. */
export const cases: readonly Case[] = situations.flatMap(([name, setting, connect, method, without, withDevice]) =>
  kinds.flatMap((client, at) =>
    [false, true].map((fresh): Case => {
      const outcome = (fresh ? withDevice : without)[at] ?? 'no'
      const secret = method === 'password' ? 'PASSWORD' : 'TOKEN'
      const scopes = client === 'node' ? { scopes: [] } : {}
      return {
        name: `${setting}: ${client}${fresh ? ' with a device' : ''}, ${name}`,
        setting,
        connect: { ...connect, client, ...scopes, ...pageHeaders(client, connect) },
        fresh,
        expected: outcomes[outcome].replace('%', method).replace('@', `AUTH_${secret}_`),
        real: connect.peer === undefined && setting !== 'trusted-proxy',
      }
    }),
  ),
)

/** Headers of a situation win over those that a page has anyway. */
function pageHeaders(client: ClientKind, { headers }: Connect): Pick<Connect, 'headers'> {
  if (client === 'page' && headers && !('origin' in headers))
    return { headers: { origin: 'http://127.0.0.1:18789', ...headers } }
  return headers ? { headers } : {}
}

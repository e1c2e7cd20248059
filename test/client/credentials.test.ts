import t from 'tap'
import { type CredentialInput, resolveCredential } from '../../src/client/credentials.js'
import type { KnownSecret } from '../../src/client/secret.js'

/** `env.token env.password auth.token …`: what is configured; `!auth.token` is there but cannot be read. */
function input(
  line: string,
  more: Partial<CredentialInput> & { authMode?: CredentialInput['auth']['mode'] } = {},
): CredentialInput {
  const words = line.split(' ')
  const secret = (name: string): KnownSecret => {
    if (words.includes(`!${name}`)) return { state: 'unavailable', from: name }
    return words.includes(name) ? { state: 'value', value: `${name} value`, from: name } : { state: 'unset' }
  }
  const pair = (group: string) => ({ token: secret(`${group}.token`), password: secret(`${group}.password`) })
  const { authMode, ...rest } = more
  return {
    purpose: 'call',
    target: 'local',
    mode: 'local',
    explicit: { token: undefined, password: undefined },
    env: pair('env'),
    auth: { ...pair('auth'), mode: authMode },
    remote: pair('remote'),
    ...rest,
  }
}

const all = 'env.token env.password auth.token auth.password remote.token remote.password'
const remote = { target: 'remote', mode: 'remote' } as const
const probe = { purpose: 'probe' } as const
const node = { purpose: 'node' } as const

/** spec/config.md section 4, table, row by row: what is configured, the situation, where the credential comes from. */
const table: [string, string, Parameters<typeof input>[1], string | undefined][] = [
  ['explicit token wins', all, { explicit: { token: 'T', password: 'P' } }, '--token'],
  ['explicit password wins', all, { explicit: { token: undefined, password: 'P' } }, '--password'],
  ['--url with its own token', all, { target: 'url', explicit: { token: 'T', password: undefined } }, '--token'],
  ['env url takes the env token', all, { target: 'env' }, 'env.token'],
  ['env url takes the env password', 'env.password auth.token', { target: 'env' }, 'env.password'],
  ['call, local: env first', all, {}, 'env.token'],
  ['call, local: then auth', 'auth.token remote.token', {}, 'auth.token'],
  ['call, local: then remote', 'remote.token', {}, 'remote.token'],
  ['call, local: no token, then a password', 'auth.password', {}, 'auth.password'],
  ['call, local: a token of remote goes before a password', 'auth.password remote.token', {}, 'remote.token'],
  ['call, local: password mode', all, { authMode: 'password' }, 'env.password'],
  ['call, local: password mode, of auth', 'auth.token auth.password', { authMode: 'password' }, 'auth.password'],
  ['call, local: token mode takes no password', 'auth.password', { authMode: 'token' }, undefined],
  ['call, local: mode none', all, { authMode: 'none' }, undefined],
  ['call, local: trusted proxy takes the password', all, { authMode: 'trusted-proxy' }, 'env.password'],
  ['call on --port is call, local', all, { target: 'port' }, 'env.token'],
  ['call, remote: remote token first', all, remote, 'remote.token'],
  ['call, remote: then env', 'env.token auth.token', remote, 'env.token'],
  ['call, remote: then auth', 'auth.token', remote, 'auth.token'],
  ['call, remote: passwords, env first', 'env.password remote.password auth.password', remote, 'env.password'],
  ['call, remote: passwords, then remote', 'remote.password auth.password', remote, 'remote.password'],
  ['call, remote: the local mode does not matter', 'remote.token', { ...remote, authMode: 'none' }, 'remote.token'],
  ['probe, remote: only remote', all, { ...remote, ...probe }, 'remote.token'],
  [
    'probe, remote: a remote password keeps env out',
    'env.token remote.password',
    { ...remote, ...probe },
    'remote.password',
  ],
  [
    'probe, remote: env when nothing remote is configured',
    'env.token auth.token',
    { ...remote, ...probe },
    'env.token',
  ],
  ['probe, remote: never auth', 'auth.token auth.password', { ...remote, ...probe }, undefined],
  ['probe, local: the explicit mode', all, { ...probe, authMode: 'token' }, 'auth.token'],
  ['probe, local: else env', 'env.token remote.token', { ...probe, authMode: 'token' }, 'env.token'],
  ['probe, local: remote is ignored', 'remote.token remote.password', probe, undefined],
  ['probe, local: mode none', all, { ...probe, authMode: 'none' }, undefined],
  ['probe, --url without anything', all, { ...probe, target: 'url' }, undefined],
  ['node, local: env first', all, node, 'env.token'],
  ['node, local: then auth', 'auth.token remote.token', node, 'auth.token'],
  ['node, local: never remote', 'remote.token remote.password', node, undefined],
  ['node, remote: as call', all, { ...node, ...remote }, 'remote.token'],
  ['nothing anywhere', '', {}, undefined],
]

for (const [name, configured, more, from] of table) {
  t.test(name, async (t) => {
    t.equal(resolveCredential(input(configured, more))?.from, from)
  })
}

const refused: [string, string, Parameters<typeof input>[1], string][] = [
  ['--url never takes what is configured', all, { target: 'url' }, 'credentials_required'],
  ['env url without env secrets', 'auth.token remote.token', { target: 'env' }, 'credentials_required'],
  ['a reference that cannot be read is not stepped over', '!auth.token remote.token', {}, 'auth_misconfigured'],
  ['nor in remote mode', '!remote.token env.token', remote, 'auth_misconfigured'],
]

for (const [name, configured, more, code] of refused) {
  t.test(`refused: ${name}`, async (t) => {
    t.throws(() => resolveCredential(input(configured, more)), { code })
  })
}

t.test('a reference behind a configured secret does no harm', async (t) => {
  t.equal(resolveCredential(input('env.token !auth.token'))?.from, 'env.token')
})

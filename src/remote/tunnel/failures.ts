import { GatewayError } from '../../kernel/errors.js'
import { type SshTarget, showSshTarget } from './target.js'

/** Known hosts are listed without it. */
const sshPort = 22

/** Why a tunnel does not stand. Each has its own words and its own next step. */
export const tunnelWords = {
  ssh_missing: 'The program ssh is not on this machine. Install the OpenSSH client.',
  host_key_unknown:
    'The host key of {target} is not known here. Log in once by hand and compare it: {ssh}. Or set gateway.remote.sshHostKeyPolicy to "openssh".',
  host_key_changed:
    'The host key of {target} is not the one that is known here. Find out why before you remove the old one: ssh-keygen -R {host}',
  permission_denied:
    '{target} does not accept a key of this user. Put the public key there: {copyId}. Keys with a passphrase need an ssh-agent.',
  bad_identity: 'The key file {detail} cannot be used. Check that it is there, is a private key, and has mode 0600.',
  port_in_use:
    'Port {port} of this machine is taken: another tunnel or a gateway has it. Change the port in gateway.remote.url.',
  dns: 'The host name of {target} cannot be resolved.',
  refused: '{target} refuses the connection: is sshd running there, and on this port?',
  timeout: '{target} did not answer in time.',
  network: 'There is no way to {target} ({detail}).',
  forbidden: '{target} does not allow port forwarding (AllowTcpForwarding, PermitOpen).',
  ended: 'The ssh to {target} ended ({detail}).',
} as const

export type TunnelFailure = keyof typeof tunnelWords

/** Trying again helps with these; the others need a person. */
const passing: ReadonlySet<TunnelFailure> = new Set(['dns', 'refused', 'timeout', 'network', 'ended'])

export function mayPass(kind: TunnelFailure): boolean {
  return passing.has(kind)
}

export interface FailureFacts {
  readonly target: SshTarget
  readonly port: number
  readonly detail?: string
}

/** The error `tunnel_failed` of one kind. */
export function tunnelFailure(kind: TunnelFailure, { target, port, detail = '' }: FailureFacts): GatewayError {
  const values = { target: showSshTarget(target), port, detail, ...commandsFor(target) }
  const named = new Map(Object.entries(values))
  return new GatewayError('tunnel_failed', {
    message: tunnelWords[kind].replace(/\{(\w+)\}/g, (all, name: string) => String(named.get(name) ?? all)),
    details: { kind, values, next: 'tunnel status' },
  })
}

/** The programs of OpenSSH take no `user@host:port`. */
function commandsFor({ destination, port }: SshTarget) {
  const to = port === undefined ? destination : `-p ${port} ${destination}`
  const name = destination.replace(/^.*@/, '')
  const host = port === undefined || port === sshPort ? name : `'[${name}]:${port}'`
  return { ssh: `ssh ${to}`, copyId: `ssh-copy-id ${to}`, host }
}

/** What ssh says, in the words of the C locale, most telling first. */
const signs: readonly [RegExp, TunnelFailure][] = [
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, 'host_key_changed'],
  [/Host key verification failed|No .* host key is known for/, 'host_key_unknown'],
  [/Address already in use|cannot listen to port|Could not request local forwarding/, 'port_in_use'],
  [/UNPROTECTED PRIVATE KEY|Load key "|Identity file .* not accessible/, 'bad_identity'],
  [/Permission denied \(|Too many authentication failures/, 'permission_denied'],
  [/Could not resolve hostname/, 'dns'],
  [/Connection refused/, 'refused'],
  [/timed out|Timeout, server .* not responding/i, 'timeout'],
  [/No route to host|Network is (?:unreachable|down)|Host is down/, 'network'],
  [/administratively prohibited/, 'forbidden'],
]

/** Which failure the words of ssh are, with what goes into its text. */
export function readFailure(lines: readonly string[]): { readonly kind: TunnelFailure; readonly detail: string } {
  for (const [sign, kind] of signs) {
    const line = lines.find((one) => sign.test(one))
    if (line !== undefined) return { kind, detail: detailOf(kind, line) }
  }
  return { kind: 'ended', detail: lines.at(-1)?.slice(0, 200) ?? 'without a word' }
}

function detailOf(kind: TunnelFailure, line: string): string {
  if (kind === 'bad_identity') return /"([^"]+)"|Identity file (\S+)/.exec(line)?.slice(1).find(Boolean) ?? ''
  return line.slice(0, 200)
}

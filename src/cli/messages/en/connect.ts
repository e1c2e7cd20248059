import { type DiagnosisCode, diagnoses } from '../../../client/diagnose/codes.js'

type Table = typeof diagnoses
/** Codes with advice. */
type WithNext = { [K in DiagnosisCode]: Table[K]['next'] extends '' ? never : K }[DiagnosisCode]
type Diagnoses = { readonly [K in DiagnosisCode as `diagnose.${K}`]: Table[K]['what'] } & {
  readonly [K in WithNext as `diagnose.${K}.next`]: Table[K]['next']
}

/** The words of the diagnosis are those of its table; other languages translate them key by key. */
const diagnosisTexts = Object.fromEntries(
  Object.entries(diagnoses).flatMap(([code, { what, next }]) => [
    [`diagnose.${code}`, what],
    ...(next === '' ? [] : [[`diagnose.${code}.next`, next]]),
  ]),
) as Diagnoses

/** Texts of the commands that look for the way to a gateway. */
export const connect = {
  'connect.doctor.summary': 'Find out where the way to a gateway ends, and what to do about it.',
  'connect.doctor.description':
    'Looks at tunnel, name, port, TLS, HTTP, secret, pairing and scope, in this order. A secret is sent only after TLS and HTTP showed who is there. Exits with 1 when a stage fails.',
  'connect.doctor.noLogin': 'Stop before a secret is sent.',
  'connect.doctor.heading': 'The way to {url}',
  'connect.doctor.fine': 'All is well.',
  'connect.doctor.warning': 'The gateway can be used; see the remark.',
  'connect.doctor.broken': 'The gateway cannot be used this way.',

  'gateway.probe.summary': 'Look at every gateway that can be reached from here.',
  'gateway.probe.description':
    'The profiles of this machine, the configured remote gateway, and one behind ssh. Each is asked with its own secret. One gateway that is reached in two ways counts once. Exits with 1 when none answers.',
  'gateway.probe.ssh': 'Look at the gateway of this machine too, through ssh: user@host[:port].',
  'gateway.probe.sshAuto': 'Accepted for scripts; a configured sshTarget is always used.',
  'gateway.probe.reachable': 'Ways that lead to a gateway: {count} of {all}. Gateways: {gateways}',
  'gateway.probe.column.way': 'WAY',
  'gateway.probe.column.url': 'ADDRESS',
  'gateway.probe.column.state': 'STATE',
  'gateway.probe.column.may': 'MAY',
  'gateway.probe.column.gateway': 'GATEWAY',
  'gateway.probe.same': 'the same as {id}',
  'gateway.probe.ready': 'ready ({ms} ms)',
  'gateway.probe.notReady': 'not ready',
  'gateway.probe.down': 'not reachable',
  'gateway.probe.warn.multiple_gateways':
    'Several different gateways answer: {ids}. Say which one is meant with --url or --profile.',
  'gateway.probe.warn.ssh_tunnel_failed': 'No tunnel: {why}',
  'gateway.probe.warn.auth_secretref_unresolved': '{id}: the secret cannot be read. {why}',
  'gateway.probe.warn.probe_scope_limited': '{id}: the secret is fine, but may not read (operator.read).',
  'gateway.probe.warn.target_refused': '{id} was not asked. {why}',

  'dashboard.summary': 'Open the control page of the gateway in a browser.',
  'dashboard.description':
    'The address holds no secret: the page asks for the token once. --no-open prints the address only.',
  'dashboard.noOpen': 'Print the address, open nothing.',
  'dashboard.opened': 'Opened in the browser.',
  'dashboard.notOpened': 'No browser could be opened here. Open the address by hand.',
  'dashboard.notServed': 'This gateway serves no control page at that address. Its API is described at {docs}',
  'dashboard.disabled': 'The control page is switched off (gateway.controlUi.enabled).',
  'dashboard.remoteHint': 'From another machine: {command}, then the same address there.',
  ...diagnosisTexts,
} as const

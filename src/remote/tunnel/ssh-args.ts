import type { TunnelPlan } from './plan.js'

/** A peer that says nothing for three of these is gone: a laptop that slept must not keep a dead tunnel. In seconds. */
const aliveSeconds = 15
const connectSeconds = 10

/**
 * The arguments of ssh for a tunnel and nothing else (ssh(1), ssh_config(5)): no shell, no question, no forwarding of
 * agent or screen, and an end when the port cannot be had. The local end is on loopback, as `-L port:host:port` has it
 * without GatewayPorts; written this way it is the same as the LocalForward of seed 004, which ssh then does not
 * open twice. `verbose` makes it say when the tunnel stands.
 */
export function sshArguments(plan: TunnelPlan, { verbose = false } = {}): string[] {
  const { target, identity, hostKeys, localPort, remotePort } = plan
  const options = [
    'BatchMode=yes',
    'ExitOnForwardFailure=yes',
    `ServerAliveInterval=${aliveSeconds}`,
    'ServerAliveCountMax=3',
    `ConnectTimeout=${connectSeconds}`,
    'GatewayPorts=no',
    'ForwardAgent=no',
    'ForwardX11=no',
    'PermitLocalCommand=no',
    // A shared connection would outlive us, or end before us.
    'ControlMaster=no',
    'ControlPath=none',
    ...(hostKeys === 'strict' ? ['StrictHostKeyChecking=yes'] : []),
    ...(identity === undefined ? [] : ['IdentitiesOnly=yes']),
  ]
  return [
    ...(verbose ? ['-v'] : []),
    '-N',
    '-T',
    ...options.flatMap((option) => ['-o', option]),
    ...(identity === undefined ? [] : ['-i', identity]),
    '-L',
    `${localPort}:127.0.0.1:${remotePort}`,
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    '--',
    target.destination,
  ]
}

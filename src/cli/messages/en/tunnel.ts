import { tunnelWords } from '../../../remote/tunnel/failures.js'

/** Texts of the commands that keep an SSH tunnel to a remote gateway. */
export const tunnel = {
  'tunnel.option.ssh': 'Where ssh logs in: user@host[:port], or an alias of ~/.ssh/config.',
  'tunnel.option.identity': 'Private key file.',
  'tunnel.option.localPort': 'Port of this machine.',
  'tunnel.option.remotePort': 'Port of the gateway on the other machine.',

  'tunnel.run.summary': 'Keep the SSH tunnel to the remote gateway in the foreground.',
  'tunnel.run.description': 'It comes back by itself after a loss. Stop it with Ctrl-C.',
  'tunnel.run.connecting': 'Connecting: {title}',
  'tunnel.run.up': 'The tunnel stands: {title}',
  'tunnel.run.waiting': '{why} Next try in {seconds} s.',

  'tunnel.status.summary': 'Show the SSH tunnel and whether the gateway answers through it.',
  'tunnel.status.description': 'Exits with 1 when the gateway does not answer. Opens no tunnel.',
  'tunnel.status.tunnel': 'Tunnel',
  'tunnel.status.service': 'Service',
  'tunnel.status.run': 'In the foreground',
  'tunnel.status.localEnd': 'Local end',
  'tunnel.status.open': 'takes connections',
  'tunnel.status.closed': 'closed',
  'tunnel.status.notInstalled': 'not installed',
  'tunnel.status.other': 'a definition of this name was not made for this profile',

  'tunnel.install.summary': 'Let the service manager keep the SSH tunnel: at login, and after every loss.',
  'tunnel.install.description':
    'systemd for users, or launchd. The tunnel is tried out first: host key, key and port are judged before anything is written.',
  'tunnel.install.force': 'Replace a definition that differs; the old one is kept beside it.',
  'tunnel.install.noCheck': 'Do not try the tunnel out first, for example while the other machine is off.',
  'tunnel.install.stands': '{title}. See: {command}',
  'tunnel.restart.summary': 'Restart the SSH tunnel that the service manager keeps.',
  'tunnel.restart.description': 'Connections through it are cut.',
  'tunnel.uninstall.summary': 'End the SSH tunnel and remove its definition.',
  'tunnel.uninstall.description': 'The config stays as it is.',
  'tunnel.uninstall.nothing': 'No tunnel of this profile is installed.',

  'service_not_installed.tunnel': 'The tunnel is not installed as a service.',
  'service_unavailable.session':
    'The service manager of your user cannot be asked from this shell (su, sudo, cron or a container). Log in as the user itself, or set XDG_RUNTIME_DIR=/run/user/{uid} for {name}.',
  'tunnel_not_configured.direct': 'gateway.remote.transport is "direct": no tunnel is used.',
  'tunnel_not_configured.elsewhere':
    'gateway.remote.url is {url}, which is not the local end of a tunnel. Set it to ws://127.0.0.1:<port>.',
  'tunnel_failed.ssh_missing': tunnelWords.ssh_missing,
  'tunnel_failed.host_key_unknown': tunnelWords.host_key_unknown,
  'tunnel_failed.host_key_changed': tunnelWords.host_key_changed,
  'tunnel_failed.permission_denied': tunnelWords.permission_denied,
  'tunnel_failed.bad_identity': tunnelWords.bad_identity,
  'tunnel_failed.port_in_use': tunnelWords.port_in_use,
  'tunnel_failed.dns': tunnelWords.dns,
  'tunnel_failed.refused': tunnelWords.refused,
  'tunnel_failed.timeout': tunnelWords.timeout,
  'tunnel_failed.network': tunnelWords.network,
  'tunnel_failed.forbidden': tunnelWords.forbidden,
  'tunnel_failed.ended': tunnelWords.ended,
} as const

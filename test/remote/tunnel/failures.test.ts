import t from 'tap'
import { tunnelFailure } from '../../../src/remote/tunnel/failures.js'
import { parseSshTarget } from '../../../src/remote/tunnel/target.js'

/** The commands that a person is told to run are ones that OpenSSH takes. */
const table: [string, string, string, string][] = [
  ['user@host', 'ssh user@host.', 'ssh-copy-id user@host.', 'ssh-keygen -R host'],
  ['user@host:2222', 'ssh -p 2222 user@host.', 'ssh-copy-id -p 2222 user@host.', "ssh-keygen -R '[host]:2222'"],
  ['host:22', 'ssh -p 22 host.', 'ssh-copy-id -p 22 host.', 'ssh-keygen -R host'],
  ['u@[::1]:2222', 'ssh -p 2222 u@::1.', 'ssh-copy-id -p 2222 u@::1.', "ssh-keygen -R '[::1]:2222'"],
  ['u@[::1]', 'ssh u@::1.', 'ssh-copy-id u@::1.', 'ssh-keygen -R ::1'],
]

for (const [given, ssh, copy, keygen] of table) {
  t.test(`commands for ${given}`, async (t) => {
    const target = parseSshTarget(given)
    t.match(tunnelFailure('host_key_unknown', { target, port: 1 }).message, ssh)
    t.match(tunnelFailure('permission_denied', { target, port: 1 }).message, copy)
    t.ok(tunnelFailure('host_key_changed', { target, port: 1 }).message.endsWith(keygen))
  })
}

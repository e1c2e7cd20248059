import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import t from 'tap'
import { connectionOwners } from '../../src/instance/connection-owners.js'
import type { TcpRow } from '../../src/instance/tcp-table.js'

const row = (localPort: number, remotePort: number, state: string, uid: number): TcpRow => ({
  localPort,
  remotePort,
  state,
  uid,
  inode: '1',
})

t.test('rows of the other end, while it is open', async (t) => {
  const table = [
    row(50_000, 18_789, '01', 1001),
    // Our own end, a listener, and ends that their programs have closed, for which the kernel shows root.
    row(18_789, 50_000, '01', 0),
    row(18_789, 0, '0A', 0),
    row(50_000, 18_789, '06', 0),
    row(50_000, 18_789, '05', 0),
    row(50_001, 18_789, '01', 0),
  ]
  const owners = (remote: number) => connectionOwners({ remote, local: 18_789 }, async () => table)
  t.same(await owners(50_000), [1001])
  t.same(await owners(50_001), [0])
  t.same(await owners(50_002), [])
  t.equal(await connectionOwners({ remote: 1, local: 2 }, async () => undefined), undefined)
})

t.test('a real connection', { skip: process.platform !== 'linux' && 'only Linux has the table' }, async (t) => {
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer()
    server.listen(0, host)
    const started = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ])
    if (!started) continue
    t.teardown(() => server.close())
    const { port } = server.address() as { port: number }
    const client = connect(port, host)
    const [socket] = await once(server, 'connection')
    t.same(await connectionOwners({ remote: socket.remotePort, local: socket.localPort }), [process.getuid?.()], host)
    client.destroy()
    await once(socket, 'close')
    t.same(await connectionOwners({ remote: socket.remotePort, local: socket.localPort }), [], 'after it closed')
  }
})

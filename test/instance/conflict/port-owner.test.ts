import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { platform } from 'node:os'
import t from 'tap'
import { ownsPort, portOwner } from '../../../src/instance/conflict/port-owner.js'

const generousMs = 30_000

t.test('who listens, as the kernel has it', { skip: platform() !== 'linux' && 'needs /proc' }, async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What `listen` with a port gives (node:net).
  const { port } = server.address() as AddressInfo
  t.match(await portOwner(port, [], generousMs), { pid: process.pid, command: /^[\x20-\x7e]+$/ })
  t.match(await portOwner(port, [process.pid], generousMs), { pid: process.pid }, 'a candidate is looked at first')
  t.equal(await ownsPort(process.pid, port), true)
  t.equal(await ownsPort(process.ppid, port), false)
  t.equal(await portOwner(port, [], -1), undefined, 'no time')
  server.close()
  await once(server, 'close')
  t.equal(await portOwner(port, [], generousMs), undefined)
  t.equal(await ownsPort(process.pid, port), undefined, 'nobody listens')
})

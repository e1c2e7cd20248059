// Holds many authenticated sockets of the control plane open: `node sockets.js <port> <count> <token>`. Writes a line of
// JSON when all are connected, and one for each broadcast that all of them got.
import { once } from 'node:events'
import WebSocket from 'ws'

const [port, count, token] = process.argv.slice(2)
/** Below what the gateway allows one address to have unfinished. */
const atOnce = 24
const params = {
  minProtocol: 4,
  maxProtocol: 4,
  client: { id: 'gateway-client', mode: 'backend', version: '1.0.0', platform: 'linux' },
  role: 'operator',
  scopes: ['operator.read'],
  caps: [],
  auth: { token },
}
const connect = JSON.stringify({ type: 'req', id: 'connect', method: 'connect', params })
const wanted = Number(count)
let seen = 0

async function open(): Promise<void> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { perMessageDeflate: false, maxPayload: 0 })
  await once(socket, 'message')
  socket.send(connect)
  const [data] = await once(socket, 'message')
  if (!String(data).includes('"hello-ok"')) throw new Error(String(data))
  socket.on('message', (event: Buffer) => {
    if (!event.subarray(0, 64).includes('"health"')) return
    seen += 1
    if (seen % wanted === 0) process.stdout.write(`${JSON.stringify({ broadcast: seen / wanted, at: Date.now() })}\n`)
  })
}

let left = wanted
async function opener(): Promise<void> {
  while (left > 0) {
    left -= 1
    await open()
  }
}
const begun = Date.now()
await Promise.all(Array.from({ length: atOnce }, opener))
process.stdout.write(`${JSON.stringify({ connected: wanted, ms: Date.now() - begun })}\n`)

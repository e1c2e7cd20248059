import t from 'tap'
import { startLoudGateway } from '../../helper/running.js'
import { connected } from '../../helper/socket.js'

t.test('a client that reads nothing is cut off, and nobody else notices', async (t) => {
  const gateway = await startLoudGateway(t)
  const url = `ws://127.0.0.1:${gateway.port}/`
  const slow = await connected(t, url)
  const other = await connected(t, url)
  const { length } = JSON.stringify(await slow.call('config.schema'))
  slow.ws.pause()
  const enough = Math.ceil((70 * 1024 * 1024) / length)
  for (let sent = 0; sent < enough && !cutOff(); sent++) {
    slow.send({ type: 'req', id: `s${sent}`, method: 'config.schema' })
    // Not faster than handlers may begin: this is about what is not read, not about a flood.
    if (sent % 16 === 0) t.equal((await other.call('health')).ok, true)
  }
  while (!cutOff()) await other.call('health')
  slow.ws.resume()
  await slow.end(20_000)
  await other.call('health', { probe: true })
  const numbers = other.frames.flatMap(({ seq }) => seq ?? [])
  t.strictSame(
    numbers,
    numbers.map((_, index) => index + 1),
    'the other one has missed nothing',
  )

  function cutOff(): boolean {
    return gateway.lines.some((line) => line.includes('slow consumer'))
  }
})

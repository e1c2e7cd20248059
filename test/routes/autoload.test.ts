import t from 'tap'
import { startLoudGateway } from '../helper/running.js'

t.test('the families of control-plane methods are no routes: a start does not read them', async (t) => {
  const { lines } = await startLoudGateway(t)
  t.ok(lines.some((line) => line.includes('listening')))
  t.strictSame(
    lines.filter((line) => line.includes('autoloading')),
    [],
  )
})

import { once } from 'node:events'
import t, { type Test } from 'tap'
import { cases, type SettingName, settings } from '../../devices/admit/_cases.js'
import { type Connect, newDevice, PAGE, TOKEN } from '../../devices/world.js'
import { testConfig } from '../../helper/gateway.js'
import { startGateway } from '../../helper/running.js'
import { connectAs, type Frame, TestSocket } from '../../helper/socket.js'

/** The situations of the admission table that one machine can be in, with real sockets against the real gateway. */
const real = cases.filter((one) => one.real)

t.ok(real.length >= 200, `${real.length} cases`)

for (const setting of Object.keys(settings) as SettingName[]) {
  const own = real.filter((one) => one.setting === setting)
  if (own.length === 0) continue
  t.test(setting, async (t) => {
    const { auth, gateway } = settings[setting] as { auth: object; gateway?: object }
    const running = await startGateway(t, testConfig({ gateway: { mode: 'local', auth, ...gateway } }))
    for (const { name, connect, fresh, expected } of own) {
      const outcome = await attempt(t, running.port, { ...connect, ...(fresh && { device: newDevice() }) })
      t.equal(outcome, expected, name)
    }
  })
}

/** The same word that the admission gives; what is refused before the upgrade has only a status. */
async function attempt(t: Test, port: number, connect: Connect): Promise<string> {
  const pairs = Object.entries({
    host: '127.0.0.1:18789',
    ...(connect.client === 'page' && { origin: PAGE }),
    ...connect.headers,
  })
  const headers = Object.fromEntries(pairs.filter(([, value]) => value !== null)) as Record<string, string>
  const socket = new TestSocket(`ws://127.0.0.1:${port}/`, { headers })
  t.teardown(() => socket.ws.terminate())
  const status = await Promise.race([
    once(socket.ws, 'open').then(() => 101),
    once(socket.ws, 'unexpected-response').then(([, response]) => response.statusCode as number),
  ])
  if (status === 403) return 'AUTH_UNAUTHORIZED'
  const answer = await connectAs(socket, { auth: { token: TOKEN }, ...connect })
  if (answer.ok) socket.ws.terminate()
  else await socket.end()
  return word(answer)
}

function word({ ok, payload, error }: Frame): string {
  if (!ok) {
    const { code, reason } = error?.details ?? {}
    return code === 'PAIRING_REQUIRED' ? `${code} ${reason}` : String(code)
  }
  const { method, scopes, deviceToken } = payload.auth
  const short = scopes.map((scope: string) => scope.replace('operator.', '')).join('+') || '-'
  return `${method} ${short}${deviceToken === undefined ? '' : ' token'}`
}

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../gateways.js'
import { bench, config } from '../service-bench.js'

t.test('status --deep names services that start a gateway of nobody', async (t) => {
  const { home, run, json, unit, config: write } = bench(t)
  for (const profile of ['ops', 'rescue', 'gone']) {
    write(profile, config(await freePort()))
    t.match(await json('--profile', profile, 'gateway', 'install'), { ok: true })
    t.match(await json('--profile', profile, 'gateway', 'stop'), { ok: true })
  }
  rmSync(join(home, '.openclaw-gone'), { recursive: true })
  const folder = join(unit('ops'), '..')
  const byHand = '[Service]\nExecStart=%h/.local/bin/openclaw gateway\n'
  writeFileSync(join(folder, 'openclaw-old.service'), byHand)
  writeFileSync(join(folder, 'openclaw-tunnel.service'), '[Service]\nExecStart=/usr/bin/ssh -N host\n')
  writeFileSync(join(folder, 'other.service'), byHand)
  const { extraServices } = await json('--profile', 'ops', 'gateway', 'status', '--deep')
  t.strictSame(extraServices, [
    { name: 'openclaw-gateway-gone.service', path: unit('gone'), kind: 'stale' },
    { name: 'openclaw-old.service', path: join(folder, 'openclaw-old.service'), kind: 'foreign' },
  ])
  const { stdout } = await run('--profile', 'ops', 'gateway', 'status', '--deep')
  t.match(stdout, /Extra service: openclaw-gateway-gone\.service .*\n {2}.*not here any more/)
  t.notOk('extraServices' in (await json('--profile', 'ops', 'gateway', 'status')))
})

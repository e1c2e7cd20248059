import t from 'tap'
import { newDevice, openWorld, word } from '../world.js'
import { cases, type SettingName, settings } from './_cases.js'

t.ok(cases.length >= 200, `${cases.length} cases`)

for (const setting of Object.keys(settings) as SettingName[]) {
  t.test(setting, async (t) => {
    const { auth, gateway } = settings[setting] as (typeof settings)['token, nobody silently']
    const world = await openWorld(t, auth, gateway)
    for (const { name, connect, fresh, expected } of cases.filter((one) => one.setting === setting)) {
      const admission = await world.connect({ ...connect, ...(fresh && { device: newDevice() }) })
      t.equal(word(admission), expected, name)
    }
  })
}

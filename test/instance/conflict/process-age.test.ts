import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { processAge } from '../../../src/instance/conflict/process-age.js'

t.test('a process has one age, a later one another, a gone one none', async (t) => {
  const own = await processAge(process.pid)
  t.type(own, 'string')
  t.equal(await processAge(process.pid), own)
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  t.type(await processAge(child.pid ?? 0), 'string')
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.equal(await processAge(child.pid ?? 0), undefined)
})

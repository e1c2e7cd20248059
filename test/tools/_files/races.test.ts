import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { openFiles } from '../../../src/tools/_files/open-files.js'
import { testFolder } from '../../helper/folder.js'

/** Swaps a folder, and a file, for links that lead outside and back, as fast as it can. */
const swapper = `
const { workerData, parentPort } = require('node:worker_threads')
const { renameSync, symlinkSync, unlinkSync, rmSync } = require('node:fs')
const { folder, outside, stop } = workerData
const flag = new Int32Array(stop)
let swaps = 0
const quiet = (work) => { try { work() } catch {} }
while (Atomics.load(flag, 0) === 0) {
  quiet(() => renameSync(folder, folder + '.away'))
  quiet(() => symlinkSync(outside, folder))
  quiet(() => symlinkSync(outside + '/secret.txt', folder + '.away/linked.txt'))
  quiet(() => unlinkSync(folder))
  quiet(() => renameSync(folder + '.away', folder))
  quiet(() => rmSync(folder + '/linked.txt', { force: true }))
  swaps++
}
parentPort.postMessage(swaps)
`
const rounds = 500

t.test('a folder that becomes a link between check and use', { skip: process.platform !== 'linux' }, async (t) => {
  const root = testFolder(t)
  const inside = join(root, 'work')
  const outside = join(root, 'outside')
  const folder = join(inside, 'sub')
  mkdirSync(folder, { recursive: true })
  mkdirSync(outside)
  writeFileSync(join(folder, 'secret.txt'), 'inside')
  writeFileSync(join(outside, 'secret.txt'), 'outside')
  const stop = new SharedArrayBuffer(4)
  const worker = new Worker(swapper, { eval: true, workerData: { folder, outside, stop } })
  const swaps = new Promise<number>((resolve) => worker.once('message', resolve))
  const files = openFiles({ root: inside, mounts: [{ at: inside, folder: inside, writable: true }] })
  const seen = new Map<string, number>()
  const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1)
  const code = (error: { code?: string }) => String(error.code)

  for (let round = 0; round < rounds; round++) {
    count(`read ${await files.read('sub/secret.txt').then(String, code)}`)
    await files.read('sub/linked.txt').then(
      (data) => count(`linked ${data}`),
      () => {},
    )
    count(`write ${await files.write('sub/new.txt', 'x').then(() => 'done', code)}`)
    await files.write('sub/linked.txt', 'x').catch(() => {})
    await files.rename('sub/new.txt', 'sub/moved.txt').catch(() => {})
    await files.remove('sub/moved.txt').catch(() => {})
  }
  Atomics.store(new Int32Array(stop), 0, 1)
  t.ok((await swaps) > 100, 'the race was run')
  await worker.terminate()
  t.ok((seen.get('read inside') ?? 0) > 0, 'some reads got through')
  t.equal(seen.get('read outside'), undefined, 'none read outside')
  t.equal(seen.get('linked outside'), undefined)
  t.strictSame(readdirSync(outside), ['secret.txt'], 'nothing was made outside')
  t.equal(readFileSync(join(outside, 'secret.txt'), 'utf8'), 'outside', 'nor changed')
})

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../cli/gateways.js'
import { testFolder } from '../helper/folder.js'
import { type GatewayProcess, openclaw, startGateway } from '../helper/process.js'
import type { Body } from '../helper/upstream-wire.js'

/** Main and rescue as the README sets them up; then main is broken, and its owner asks what is wrong. */
export const home = testFolder(t)
export const main = join(home, '.openclaw')
export const rescue = join(home, '.openclaw-rescue')
export const template = join(home, 'template')
export const file = join(main, 'openclaw.json')
export const port = await freePort()
export const rescuePort = port > 40_000 ? port - 5_000 : port + 5_000

await openclaw(home, ['setup', '--embedded', '--port', String(port)])
await openclaw(home, ['--profile', 'rescue', 'setup', '--embedded', '--port', String(rescuePort)])
// What a gateway leaves behind that has run and ended well: a database, a last good config.
await (await startGateway(home, port)).stop()
cpSync(main, template, { recursive: true })
export const rescued = readFileSync(join(rescue, 'openclaw.json'), 'utf8')
export const theOther = await startGateway(home, rescuePort, ['--profile', 'rescue'])
t.teardown(() => theOther.stop())

export interface Broken {
  readonly name: string
  /** Breaks it. Gives what mends it again besides putting the files back. */
  readonly how: () => Promise<unknown> | unknown
  readonly cause: RegExp
  /** What `doctor --fix` says that it did; then doctor has nothing more to say of it, and the gateway starts. */
  readonly mended?: RegExp
}

export const config = () => JSON.parse(readFileSync(file, 'utf8')) as Body
export const write = (change: (config: Body) => void, path = file) => {
  const tree = JSON.parse(readFileSync(path, 'utf8')) as Body
  change(tree)
  writeFileSync(path, JSON.stringify(tree, null, 2))
}
export const running = async (then: (gateway: GatewayProcess) => unknown) => {
  const gateway = await startGateway(home, port)
  await then(gateway)
  return () => gateway.kill()
}

/** As its owner would: the status first, then doctor. */
export async function ask() {
  const status = await openclaw(home, ['gateway', 'status', '--deep'])
  const doctor = await openclaw(home, ['doctor'])
  return { status, doctor }
}

/** Breaks main in each way, and looks whether it is told, and mended where that is promised. */
export function playAll(cases: readonly Broken[]): void {
  for (const { name, how, cause, mended } of cases) {
    t.test(name, async (t) => {
      rmSync(main, { recursive: true, force: true })
      cpSync(template, main, { recursive: true })
      writeFileSync(join(rescue, 'openclaw.json'), rescued, { mode: 0o600 })
      const undo = await how()
      try {
        const { status, doctor } = await ask()
        t.match(status.stdout, cause, 'gateway status --deep names the cause')
        t.match(doctor.stdout, cause, 'doctor names the cause')
        if (mended) {
          const { stdout } = await openclaw(home, ['doctor', '--fix'])
          t.match(stdout, mended)
          t.notMatch((await openclaw(home, ['doctor'])).stdout, cause, 'it is mended')
          await (await startGateway(home, config().gateway.port)).stop()
        }
      } finally {
        if (typeof undo === 'function') await undo()
      }
      t.equal(readFileSync(join(rescue, 'openclaw.json'), 'utf8'), rescued, 'the other profile is as it was')
      t.ok((await fetch(`${theOther.url}/healthz`)).ok, 'and its gateway runs')
    })
  }
  t.test('nothing of this is left in the other profile', async (t) => {
    t.ok(existsSync(template))
    t.equal(statSync(join(rescue, 'openclaw.json')).mode & 0o077, 0)
    t.notMatch(execFileSync('ls', ['-a', rescue], { encoding: 'utf8' }), /damaged|rejected/)
  })
}

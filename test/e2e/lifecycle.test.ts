import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { freePort } from '../cli/gateways.js'
import { binFile } from '../cli/harness.js'
import { memoryFolder } from '../helper/folder.js'
import { cleanEnv, openclaw } from '../helper/process.js'
import { Random } from '../helper/random.js'

/** CI runs a few; `npm run evidence` sets more. The seed makes a run repeatable. */
const schedules = Number(process.env.SCHEDULES ?? 2)
const seed = Number(process.env.SCHEDULE_SEED ?? Date.now() % 1_000_000)
const random = new Random(seed)
const stepsEach = 6
const limitMs = 20_000
/** What a refused start ends with, so that no service manager tries again. */
const refused = 78
const namespaces = spawnSync('unshare', ['-rpf', '--mount-proc', 'true']).status === 0

interface Started {
  readonly process: ChildProcess
  readonly exited: Promise<number | string>
  readonly output: () => string
  /** It lives in a namespace where it is pid 1 or so. */
  readonly apart: boolean
  /** We killed it, or asked it to end. */
  asked: boolean
}

/** A home with one profile, and every process that was started for it. */
class World {
  readonly home: string
  readonly port: number
  readonly started: Started[] = []
  thief: Server | undefined
  readonly #callers = new Set<Socket>()

  constructor(home: string, port: number) {
    this.home = home
    this.port = port
  }

  get state(): string {
    return join(this.home, '.openclaw')
  }

  get living(): Started[] {
    return this.started.filter(({ process }) => process.exitCode === null && process.signalCode === null)
  }

  start(apart = false): Started {
    const argv = [binFile, 'gateway', 'run']
    const [program, args] = apart
      ? ['unshare', ['-rpf', '--mount-proc', '--kill-child', process.execPath, ...argv]]
      : [process.execPath, argv]
    const child = spawn(program as string, args as string[], { env: cleanEnv(this.home), cwd: this.home })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
    const one = { process: child, exited, output: () => output, apart, asked: false }
    this.started.push(one)
    return one
  }

  async answers(): Promise<boolean> {
    return fetch(`http://127.0.0.1:${this.port}/healthz`).then(
      ({ ok, headers }) => ok && headers.has('x-openclaw-instance'),
      () => false,
    )
  }

  /** Waits until it answers, or has ended. */
  async settled(one: Started): Promise<'up' | 'ended'> {
    const end = Date.now() + limitMs
    while (Date.now() < end) {
      if (one.process.exitCode !== null || one.process.signalCode !== null) return 'ended'
      if (this.owner() === one && (await this.answers())) return 'up'
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`neither up nor ended: ${one.output()}`)
  }

  /** The process that the run-file names, of those that were started here; a namespace has pids of its own. */
  owner(): Started | undefined {
    const file = join(this.state, 'run', 'gateway.json')
    if (!existsSync(file)) return undefined
    const pid = /"pid": (\d+)/.exec(readFileSync(file, 'utf8'))?.[1]
    return this.living.find(({ process, apart }) => apart || String(process.pid) === pid)
  }

  async end(one: Started, signal: NodeJS.Signals): Promise<number | string> {
    one.asked = true
    one.process.kill(signal)
    return one.exited
  }

  /** A stranger listens on the port, and is no HTTP server. */
  async steal(): Promise<void> {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      this.#callers.add(socket)
      socket.end('hello\r\n')
    })
    this.thief = server.listen(this.port, '127.0.0.1')
    await once(server, 'listening')
  }

  async giveBack(): Promise<void> {
    const server = this.thief
    this.thief = undefined
    if (!server) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of this.#callers) socket.destroy()
    await closed
  }
}

type Step = readonly [name: string, run: (world: World) => Promise<string | undefined>]

/** A start in any state of the world: up when nothing is in the way, else the refusal that must not be repeated. */
async function start(world: World, apart = false): Promise<string | undefined> {
  const mustFail = world.living.length > 0 || world.thief !== undefined
  const one = world.start(apart)
  const outcome = await world.settled(one)
  if (outcome === 'up') return mustFail ? 'a second owner' : undefined
  const code = await one.exited
  if (!mustFail) return `not startable (${code}): ${one.output()}`
  return code === refused ? undefined : `refused with ${code}: ${one.output()}`
}

async function endAll(world: World, signal: NodeJS.Signals): Promise<string | undefined> {
  for (const one of world.living) {
    // `unshare` hands no SIGTERM on.
    const code = await world.end(one, one.apart ? 'SIGKILL' : signal)
    const right = signal === 'SIGKILL' || one.apart ? true : code === 0
    if (!right) return `${signal} ended it with ${code}: ${one.output()}`
  }
  return undefined
}

const steps: readonly Step[] = [
  ['start', (world) => start(world)],
  ['start', (world) => start(world)],
  [
    'two starts at once',
    async (world) => {
      const mustFail = world.living.length > 0 || world.thief !== undefined
      const pair = [world.start(), world.start()]
      const outcomes = await Promise.all(
        pair.map((one) => Promise.race([world.settled(one), one.exited.then(() => 'ended')])),
      )
      const up = outcomes.filter((outcome) => outcome === 'up').length
      if (up !== (mustFail ? 0 : 1)) return `${up} owners: ${pair.map((one) => one.output()).join('\n')}`
      for (const one of pair) {
        if (world.living.includes(one)) continue
        const code = await one.exited
        if (code !== refused) return `refused with ${code}: ${one.output()}`
      }
      return undefined
    },
  ],
  ['SIGTERM', (world) => endAll(world, 'SIGTERM')],
  ['kill -9', (world) => endAll(world, 'SIGKILL')],
  [
    'SIGTERM while it starts',
    async (world) => {
      if (world.living.length > 0 || world.thief) return undefined
      const one = world.start()
      await new Promise((resolve) => setTimeout(resolve, random.below(400)))
      const code = await world.end(one, 'SIGTERM')
      // Before it listens to signals, the signal itself ends it.
      return code === 0 || code === 'SIGTERM' ? undefined : `ended with ${code}: ${one.output()}`
    },
  ],
  [
    'kill -9 while it starts',
    async (world) => {
      if (world.living.length > 0 || world.thief) return undefined
      const one = world.start()
      await new Promise((resolve) => setTimeout(resolve, random.below(400)))
      await world.end(one, 'SIGKILL')
      return undefined
    },
  ],
  [
    'a stranger takes the port',
    async (world) => {
      if (world.living.length > 0 || world.thief) return undefined
      await world.steal()
      return start(world)
    },
  ],
  ['the stranger leaves', async (world) => void (await world.giveBack())],
  [
    'its pid is somebody else now',
    async (world) => {
      await endAll(world, 'SIGKILL')
      const file = join(world.state, 'run', 'gateway.json')
      if (!existsSync(file)) return undefined
      writeFileSync(file, readFileSync(file, 'utf8').replace(/"pid": \d+/, `"pid": ${process.pid}`))
      return start(world)
    },
  ],
  [
    'pid 1 of a namespace, killed, and again',
    async (world) => {
      if (!namespaces || world.thief) return undefined
      await endAll(world, 'SIGKILL')
      const first = await start(world, true)
      await endAll(world, 'SIGKILL')
      return first ?? start(world, true)
    },
  ],
  [
    'the clock jumps',
    async (world) => {
      const day = (random.below(2) === 0 ? -1 : 1) * 86_400
      for (const name of ['openclaw.json', 'run/gateway.json', 'openclaw.db']) {
        const path = join(world.state, name)
        if (existsSync(path)) utimesSync(path, Date.now() / 1000 + day, Date.now() / 1000 + day)
      }
      return undefined
    },
  ],
  [
    'SIGUSR2',
    async (world) => {
      const one = world.owner()
      if (!one || one.apart) return undefined
      one.process.kill('SIGUSR2')
      return undefined
    },
  ],
  [
    'gateway stop',
    async (world) => {
      const one = world.owner()
      if (!one || one.apart) return undefined
      const { code, stderr } = await openclaw(world.home, ['gateway', 'stop'])
      return code === 0 && !world.living.includes(one) ? undefined : `gateway stop: ${code} ${stderr}`
    },
  ],
  [
    'gateway run --force',
    async (world) => {
      const before = world.owner()
      if (!before || before.apart || world.living.length > 1) return undefined
      if (!(await world.answers())) return undefined
      const child = spawn(process.execPath, [binFile, 'gateway', 'run', '--force'], {
        env: cleanEnv(world.home),
        cwd: world.home,
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
      const exited = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string)
      const one = { process: child, exited, output: () => output, apart: false, asked: false }
      const code = await before.exited
      world.started.push(one)
      if (code !== 0) return `the old one ended with ${code}`
      return (await world.settled(one)) === 'up' ? undefined : `not taken over: ${output}`
    },
  ],
]

/** Whatever happened: it can be started, it answers, and it ends well. */
async function startable(world: World): Promise<string | undefined> {
  await world.giveBack()
  await endAll(world, 'SIGKILL')
  return (await start(world)) ?? (await endAll(world, 'SIGTERM'))
}

const seen = new Map<string, number>()

t.test(`${schedules} random lifecycles (seed ${seed})`, async (t) => {
  for (let round = 0; round < schedules; round += 1) {
    const home = memoryFolder(t)
    const world = new World(home, await freePort())
    mkdirSync(world.state, { mode: 0o700 })
    const gateway = { mode: 'local', port: world.port, bind: 'loopback', auth: { token: 'lifecycle-token-0123456789' } }
    const config = { gateway, agents: { defaults: { model: 'builtin/echo' } } }
    writeFileSync(join(world.state, 'openclaw.json'), JSON.stringify(config), { mode: 0o600 })
    const names: string[] = []
    let problem: string | undefined
    for (let count = 0; count < stepsEach && problem === undefined; count += 1) {
      const [name, run] = random.pick(steps)
      names.push(name)
      seen.set(name, (seen.get(name) ?? 0) + 1)
      problem = await run(world)
      if (world.living.length > 1) {
        // A restart by signal gives the lock back for a moment; nobody else was there to take it.
        problem ??= `${world.living.length} live at once`
      }
    }
    problem ??= await startable(world)
    for (const one of world.living) await world.end(one, 'SIGKILL')
    await world.giveBack()
    if (problem !== undefined) return t.fail(`round ${round}: ${names.join(', ')}: ${problem}`)
  }
  t.pass('at most one owner, right exit codes, always startable again')
  t.comment([...seen].map(([name, count]) => `${name} ${count}`).join(', '))
})

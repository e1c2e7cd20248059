import type { Role } from '../../src/auth/caller.js'
import type { Scope } from '../../src/auth/types.js'
import type { DeviceIdentity } from '../../src/devices/identity.js'
import type { Manager } from '../../src/devices/types.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { newDevice, TOKEN, type World } from './world.js'

/** Who manages: somebody with the shared secret and these scopes, or a device with what it came in with. */
export type By = { kind: 'operator'; scopes: Scope[] } | { kind: 'device'; at: number }

export interface Connect {
  do: 'connect'
  at: number
  role: Role
  /** Undefined: what it asked for last time. */
  scopes: Scope[] | undefined
  /** With its token, when it has one. */
  token: boolean
}
export interface Resolve {
  do: 'approve' | 'reject'
  /** Counted from the newest request. */
  pick: number
  by: By
}
export interface Manage {
  do: 'rotate' | 'revoke' | 'remove' | 'node remove'
  at: number
  role: Role
  scopes: Scope[] | undefined
  by: By
}
export type Step = Connect | Resolve | Manage | { do: 'wait'; ms: number }

/** A device, what it was given, what it knows, and its open socket. */
class Subject {
  readonly given = new Set<string>()
  nodeGiven = false
  asked: readonly Scope[] = []
  readonly tokens = new Map<Role, string>()
  socket: Manager | undefined
  constructor(readonly device: DeviceIdentity) {}
}

interface Wish {
  readonly id: string
  readonly of: Subject
  readonly role: Role
  readonly scopes: readonly string[]
}

/**
 * What devices and callers do with a gateway, and what was given to whom, written down apart from the code under test.
 * Throws when something is handed out that nobody gave.
 */
export class ScopesModel {
  readonly subjects = [new Subject(newDevice()), new Subject(newDevice())]
  readonly counts = { admitted: 0, approved: 0, rotated: 0, refused: 0 }
  readonly #requests: Wish[] = []
  readonly #world: World

  constructor(world: World) {
    this.#world = world
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'wait') this.#world.clock.advance(step.ms)
    else if (step.do === 'connect') await this.#connect(step)
    else await this.#try(step)
    this.#closeSockets()
    await this.#check()
  }

  async #connect({ at, role, scopes, token }: Connect): Promise<void> {
    const of = this.#subject(at)
    const asked = role === 'node' ? [] : (scopes ?? of.asked)
    if (role === 'operator') of.asked = asked
    const own = token ? of.tokens.get(role) : undefined
    const admission = await this.#world.connect({
      client: role === 'node' ? 'node' : 'app',
      device: of.device,
      role,
      scopes: asked,
      peer: '203.0.113.9',
      auth: own === undefined ? { token: TOKEN } : { token: own, deviceToken: own },
    })
    if (!admission.ok) return this.#refused(of, role, asked, admission.error.details)
    const { caller, deviceToken } = admission
    if (role === 'node' && (caller.scopes.length > 0 || !of.nodeGiven)) throw new Error('a node came in unapproved')
    within(caller.scopes, asked, 'more than was asked for')
    within(caller.scopes, of.given, 'more than was given')
    if (deviceToken !== undefined) of.tokens.set(role, deviceToken)
    if (role === 'operator') of.socket = caller
    this.counts.admitted += 1
  }

  #refused(of: Subject, role: Role, scopes: readonly Scope[], details: unknown): void {
    const { code, requestId: id } = (details ?? {}) as { code?: string; requestId?: string }
    if (code !== 'PAIRING_REQUIRED' || id === undefined) return
    const known = this.#requests.find((one) => one.id === id)
    if (!known) this.#requests.push({ id, of, role, scopes })
    else if (!sameSet(known.scopes, scopes) || known.role !== role || known.of !== of)
      throw new Error('an id changed its meaning')
  }

  async #try(step: Resolve | Manage): Promise<void> {
    const caller = step.by.kind === 'device' ? this.#subject(step.by.at).socket : operator(step.by.scopes)
    if (!caller) return
    try {
      if (step.do === 'approve' || step.do === 'reject') await this.#resolve(step as Resolve, caller)
      else await this.#manage(step as Manage, caller)
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error
      this.counts.refused += 1
    }
  }

  async #resolve(step: Resolve, caller: Manager): Promise<void> {
    const request = this.#requests.at(-1 - (step.pick % Math.max(this.#requests.length, 1)))
    if (!request) return
    if (step.do === 'reject') await this.#world.devices.reject(request.id, caller)
    else await this.#world.devices.approve(request.id, caller)
    ownOrFree(caller, request.of)
    if (step.do === 'reject') return
    this.counts.approved += 1
    if (request.role === 'node') {
      if (!holds(caller.scopes, 'operator.admin')) throw new Error('a node was approved without admin')
      request.of.nodeGiven = true
    } else {
      within(request.scopes, caller.scopes, 'somebody gave what he does not hold')
      for (const scope of request.scopes) request.of.given.add(scope)
    }
  }

  async #manage(step: Manage, caller: Manager): Promise<void> {
    const of = this.#subject(step.at)
    const { deviceId } = of.device
    const { devices, store } = this.#world
    if (step.do === 'rotate') await this.#rotate(step, of, caller)
    else if (step.do === 'revoke') await devices.revoke(deviceId, step.role, caller)
    else if (step.do === 'remove') await devices.remove(deviceId, caller)
    else await devices.nodes.remove(deviceId, caller)
    ownOrFree(caller, of)
    if (step.do !== 'remove' && step.do !== 'node remove') return
    of.nodeGiven = false
    if (!(await store.devices.get(deviceId))) of.given.clear()
  }

  async #rotate({ role, scopes }: Manage, of: Subject, caller: Manager): Promise<void> {
    const { deviceId } = of.device
    const made = await this.#world.devices.rotate({ deviceId, role, ...(scopes && { scopes }) }, caller)
    within(made.scopes, of.given, 'a rotated token may do more than was given')
    within(made.scopes, caller.scopes, 'a rotated token may do more than who made it')
    this.counts.rotated += 1
    if (made.token === undefined) return
    if (caller.deviceId !== deviceId) throw new Error('a token was told to somebody else')
    of.tokens.set(role, made.token)
  }

  /** What is on disk never says more than what was given. */
  async #check(): Promise<void> {
    for (const { device, given, nodeGiven } of this.subjects) {
      const row = await this.#world.store.devices.get(device.deviceId)
      if (!row) continue
      within(row.scopes, given, 'a device has more than it was given')
      if (row.roles.includes('node') && !nodeGiven) throw new Error('a device became a node')
      for (const one of row.tokens) within(one.scopes, row.scopes, 'a token has more than its device')
    }
  }

  /** As the hub does. */
  #closeSockets(): void {
    for (const { name, payload } of this.#world.events.splice(0)) {
      if (name !== 'device.invalidated') continue
      const { deviceId, role } = payload as { deviceId: string; role?: Role }
      const of = this.subjects.find(({ device }) => device.deviceId === deviceId)
      if (of && role !== 'node') of.socket = undefined
    }
  }

  #subject(at: number): Subject {
    return this.subjects[at % this.subjects.length] as Subject
  }
}

function operator(scopes: Scope[]): Manager {
  return { scopes, method: 'token', deviceId: undefined }
}

/** Written anew, so that a mistake of the code under test is not repeated here. */
function holds(held: Iterable<string>, scope: string): boolean {
  const all = new Set(held)
  if (all.has(scope) || all.has('operator.admin')) return true
  return all.has('operator.write') && (scope === 'operator.read' || scope === 'operator.talk')
}

function within(got: readonly string[], limit: Iterable<string>, complaint: string): void {
  const beyond = got.find((scope) => !holds(limit, scope))
  if (beyond !== undefined) throw new Error(`${complaint}: ${beyond}`)
}

function ownOrFree({ method, deviceId, scopes }: Manager, { device }: Subject): void {
  if (method !== 'device-token' || holds(scopes, 'operator.admin') || deviceId === device.deviceId) return
  throw new Error('a device managed another one')
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join()
}

import type { Scope } from '../../auth/types.js'
import { type System, systemOf } from '../system.js'
import type { DeviceAbout, NodeSurface } from '../types.js'

/** `gateway.nodes.commands`: exact names. */
export interface CommandLists {
  readonly allow?: readonly string[] | undefined
  readonly deny?: readonly string[] | undefined
}

const host = [
  'system.run',
  'system.run.prepare',
  'system.which',
  'system.notify',
  'system.execApprovals.get',
  'system.execApprovals.set',
  'browser.proxy',
  'browser.proxy.upload.v1',
  'desktop.stream',
  'fs.listDir',
  'mcp.tools.call.v1',
  'ollama.chat',
  'ollama.models',
  'terminal.upload',
]
const phone = ['canvas.*', 'camera.list', 'location.get', 'device.*', 'system.notify']

/**
 * What may be used of a node without being named in the config, by its system (spec/runtime.md 8.2). Cameras, the
 * screen, contacts and messages are never among them; an unknown system gets no shell.
 */
const defaults: Readonly<Record<System, readonly string[]>> = {
  linux: host,
  windows: host,
  macos: [...host, 'canvas.*', 'camera.list', 'location.get', 'device.*', 'screen.list', 'screen.info'],
  ios: phone,
  android: [...phone, 'notifications.list', 'contacts.list', 'contacts.search', 'calendar.list', 'calendar.events'],
  unknown: ['canvas.*', 'device.*', 'system.notify'],
}

/** Commands with the power of a shell or of the files: an admin approves them (spec/protocol.md 2.9). */
const powerful: ReadonlySet<string> = new Set([
  'system.run',
  'system.run.prepare',
  'system.which',
  'system.execApprovals.get',
  'system.execApprovals.set',
  'browser.proxy',
  'browser.proxy.upload.v1',
  'fs.listDir',
])

/** The commands of a list that the policy lets through, in their order. */
export function allowedCommands(commands: readonly string[], about: DeviceAbout, lists: CommandLists = {}): string[] {
  const patterns = new Set(defaults[systemOf(about.platform, about.deviceFamily)])
  const isAllowed = (name: string) =>
    patterns.has(name) || patterns.has(name.replace(/\.[^.]*$/, '.*')) || lists.allow?.includes(name)
  return commands.filter((name) => isAllowed(name) && !lists.deny?.includes(name))
}

/** What whoever approves these commands must hold. */
export function scopesToApprove(commands: readonly string[]): readonly Scope[] {
  if (commands.length === 0) return ['operator.pairing']
  return commands.some((name) => powerful.has(name))
    ? ['operator.pairing', 'operator.admin']
    : ['operator.pairing', 'operator.write']
}

/** True when a node offers something that nobody approved. */
export function isWider(declared: NodeSurface, approved: NodeSurface | undefined): boolean {
  if (!approved) return true
  const beyond = (own: readonly string[], known: readonly string[]) => own.some((name) => !known.includes(name))
  const granted = (surface: NodeSurface) => Object.keys(surface.permissions).filter((name) => surface.permissions[name])
  return (
    beyond(declared.commands, approved.commands) ||
    beyond(declared.caps, approved.caps) ||
    beyond(granted(declared), granted(approved))
  )
}

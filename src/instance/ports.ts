import { GatewayError } from '../kernel/errors.js'
import { defaultProfile, devProfile } from './profile.js'
import type { Instance, PortPlan, PortSource } from './types.js'

const defaultPort = 18_789
const devPort = 19_001
const derivedFirst = 20_000
const derivedCount = 40_000
const maxPort = 65_535

/** Port of a profile when nobody says one (spec/README.md 3). */
export function fallbackPort(profile: string): Instance['fallbackPort'] {
  if (profile === defaultProfile) return { port: defaultPort, source: 'default' }
  if (profile === devProfile) return { port: devPort, source: 'default' }
  return { port: derivedFirst + (fnv1a32(profile) % derivedCount), source: 'derived' }
}

/** FNV-1a, 32 bits, over UTF-8 (draft-eastlake-fnv): stable between versions, so a profile keeps its port. */
export function fnv1a32(text: string): number {
  let hash = 2_166_136_261
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 16_777_619)
  return hash >>> 0
}

/**
 * Reads `OPENCLAW_GATEWAY_PORT`: a number, `host:port` or `[v6]:port`. Port 0 lets the system choose; the run-file
 * then has the real one. Undefined when it is none of these.
 */
export function parsePort(text: string): number | undefined {
  const digits = /^(?:(?:[^\s:[\]]+|\[[^\s\]]+\]):)?(\d{1,5})$/.exec(text.trim())?.[1]
  if (digits === undefined) return undefined
  const port = Number(digits)
  return port <= maxPort ? port : undefined
}

/** Gives the flag's port back. Throws `usage` for anything but an integer from 0 to 65535. */
export function checkedPort(port: number): number {
  if (Number.isInteger(port) && port >= 0 && port <= maxPort) return port
  throw new GatewayError('usage', {
    message: `--port must be an integer from 1 to ${maxPort}, for example: --port 18789`,
  })
}

/** All ports of a gateway. Order: `--port`, `OPENCLAW_GATEWAY_PORT`, `gateway.port`, the profile's own. */
export function planPorts(instance: Pick<Instance, 'portOverride' | 'fallbackPort'>, configured?: number): PortPlan {
  if (instance.portOverride) return portsFrom(instance.portOverride.port, instance.portOverride.source)
  if (configured !== undefined) return portsFrom(configured, 'config')
  return portsFrom(instance.fallbackPort.port, instance.fallbackPort.source)
}

/** The ports that follow from a base port. Near the end of the port range the CDP range is cut or empty. */
export function portsFrom(base: number, source: PortSource): PortPlan {
  const webhook = base > 0 && base + 3 <= maxPort ? base + 3 : undefined
  return {
    base,
    source,
    browserControl: base + 2,
    webhook,
    cdpFirst: base + 11,
    cdpLast: Math.min(base + 110, maxPort),
  }
}

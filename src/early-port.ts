import { readFile } from 'node:fs/promises'
import type { RunFlags } from './flags.js'
import { findHolder } from './instance/conflict/holder.js'
import { portTaken } from './instance/conflict/port-taken.js'
import { probe, probeLimitMs } from './instance/conflict/probe.js'
import { planPorts } from './instance/ports.js'
import type { Instance } from './instance/types.js'

const host = '127.0.0.1'
/** Binds that include loopback; of the others this says nothing. */
const includesLoopback: ReadonlySet<unknown> = new Set(['loopback', 'lan', 'auto'])

/**
 * Refuses a start whose port somebody else answers on, before the config is checked and the gateway's code is read:
 * whoever starts a second gateway by mistake, or a service manager that tries again, learns it at once (DESIGN.md
 * section 8). Only a hint: what it cannot tell quickly is left to the bind, which decides.
 * @throws GatewayError `port_taken`
 */
export async function refuseTakenPort(instance: Instance, flags: RunFlags): Promise<void> {
  const plain = flags.force ? undefined : await readPlain(instance.paths.config)
  if (!plain || !includesLoopback.has(flags.bind ?? plain.bind ?? instance.settings.bind ?? 'loopback')) return
  const { base } = planPorts(instance, plain.port)
  if (base === 0) return
  const heard = await probe(host, base)
  if (heard.kind === 'closed') return
  const holder = await findHolder(instance.paths, host, base, probeLimitMs, heard)
  // The lock knows more of this profile's own gateway; and silence proves nothing.
  const mine = holder.kind === 'gateway' && holder.record?.stateDir === instance.paths.state
  if (mine || (holder.kind === 'other' && !holder.owner)) return
  throw portTaken(instance, host, base, holder)
}

interface Plain {
  readonly bind?: unknown
  readonly port?: number
}

/** Port and bind, when the file says them in plain JSON; a file that needs the real reader gives nothing. */
async function readPlain(path: string): Promise<Plain | undefined> {
  try {
    const config: { readonly gateway?: Plain; readonly $include?: unknown } = JSON.parse(await readFile(path, 'utf8'))
    const { port, bind, ...rest } = config.gateway ?? {}
    if ('$include' in config || '$include' in rest) return undefined
    return { bind, ...(Number.isInteger(port) ? { port } : {}) }
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? {} : undefined
  }
}

import { editConfig } from '../../config/edit.js'
import { configSource } from '../../config/source.js'
import { findHolder } from '../../instance/conflict/holder.js'
import { processAge } from '../../instance/conflict/process-age.js'
import { commandFor } from '../../instance/profile.js'
import type { Instance } from '../../instance/types.js'
import { type ProfileFacts, readProfiles } from '../../setup/profiles.js'
import { checkSpacing } from '../../setup/spacing.js'
import type { DoctorCheck, DoctorFinding } from '../types.js'

const probeMs = 1_000

const check: DoctorCheck = {
  title: 'Ports',
  async run({ instance, loaded }) {
    const profiles = await readProfiles(instance)
    const own = profiles.find(({ current }) => current)
    if (!own) return []
    const others = profiles.filter((one) => one !== own)
    const [held, near] = await Promise.all([holder(instance, own), apart(instance, own, others, loaded.ok)])
    return [...held, ...near]
  },
}

/** Who has the port, when it is not this profile. */
async function holder(instance: Instance, { port }: ProfileFacts): Promise<DoctorFinding[]> {
  const found = await findHolder(instance.paths, '127.0.0.1', port, probeMs)
  if (found.kind === 'other') {
    if (found.closed) return []
    const who = found.owner ? ` (pid ${found.owner.pid}, ${found.owner.command})` : ''
    const message = `Port ${port} is used by another program${who}. Stop it, or give this gateway another port.`
    return [{ severity: 'error', message, path: 'gateway.port', next: 'config set gateway.port <port>' }]
  }
  const { record } = found
  if (record?.stateDir === instance.paths.state) return []
  const who = record ? `the gateway of the profile "${record.profile}" (pid ${record.pid})` : 'another gateway'
  const stop = record ? ` Stop it: ${commandFor(record, 'gateway stop')}` : ''
  return [{ severity: 'error', message: `Port ${port} is used by ${who}.${stop}`, path: 'gateway.port' }]
}

async function apart(
  instance: Instance,
  own: ProfileFacts,
  others: readonly ProfileFacts[],
  valid: boolean,
): Promise<DoctorFinding[]> {
  const problem = checkSpacing(own.port, others)
  if (!problem) return []
  const { verdict, neighbour, distance, suggestion } = problem
  const where = `Port ${own.port} is ${distance} away from port ${neighbour.port} of the profile "${neighbour.profile}".`
  const next = `config set gateway.port ${suggestion}`
  if (verdict !== 'refused') {
    return [{ severity: 'info', message: `${where} Their browser ports overlap and are checked before use.`, next }]
  }
  const apply = async () => {
    await editConfig(configSource(instance), [{ op: 'set', path: 'gateway.port', value: suggestion }])
  }
  const fix = { summary: `set gateway.port from ${own.port} to ${suggestion}`, apply }
  // A port of the environment beats the file: to change the file would help nobody.
  // And the copy of a profile is not for the running original to make room for.
  const mendable = valid && own.portSource !== 'env' && !(await runs(own))
  return [{ severity: 'error', message: where, path: 'gateway.port', next, ...(mendable && { fix }) }]
}

async function runs({ record, state }: ProfileFacts): Promise<boolean> {
  return record?.stateDir === state && (await processAge(record.pid)) !== undefined
}

export default check

import { lstat, readFile } from 'node:fs/promises'
import type { Static } from '@sinclair/typebox'
import { secrets as secretsSchema } from '../../../schemas/config/secrets.js'
import { SecretsPlan } from '../../../schemas/secrets-plan.js'
import { checkValue } from '../../config/check.js'
import type { Path } from '../../config/json5/node.js'
import { formatPath, parsePath } from '../../config/path.js'
import { GatewayError } from '../../kernel/errors.js'
import type { ProviderConfig, SecretPointer } from '../types.js'
import { accountTypes, forbiddenSteps, typeOfPath } from './targets.js'

/** 16 MiB. */
const maxBytes = 16 * 1024 * 1024
const aliasPattern = /^[a-z][a-z0-9_-]{0,63}$/

export interface ConfigTarget {
  readonly kind: 'config'
  readonly path: Path
  readonly ref: SecretPointer
}

export interface AccountTarget {
  readonly kind: 'account'
  readonly agentId: string
  readonly profile: string
  /** Where the text stands, and where the reference goes. */
  readonly fields: readonly [text: string, reference: string]
  readonly ref: SecretPointer
}

/** A plan that holds together in itself. */
export interface Plan {
  readonly upserts: Readonly<Record<string, ProviderConfig>>
  readonly deletes: readonly string[]
  readonly targets: readonly (ConfigTarget | AccountTarget)[]
}

/** Reads a plan from a regular file. Throws `invalid_request`, which says what is wrong with it. */
export async function readPlanFile(file: string): Promise<Plan> {
  const stats = await lstat(file).catch(() => undefined)
  if (!stats?.isFile()) throw refused(`${file} is not a regular file.`)
  if (stats.size > maxBytes) throw refused(`${file} is larger than 16 MiB.`)
  let value: unknown
  try {
    value = JSON.parse(await readFile(file, 'utf8'))
  } catch {
    throw refused(`${file} is not valid JSON.`)
  }
  return checkPlan(value)
}

/** Throws `invalid_request`. */
export function checkPlan(value: unknown): Plan {
  const isPlan = (given: unknown): given is Static<typeof SecretsPlan> => {
    const [error] = checkValue(SecretsPlan, given).errors
    if (error) throw refused(`${formatPath(error.path)}: ${error.message}`)
    return true
  }
  if (!isPlan(value)) throw refused('It is not a plan.')
  const { providerUpserts = {}, providerDeletes = [], targets } = value
  for (const alias of [...Object.keys(providerUpserts), ...providerDeletes]) {
    if (!aliasPattern.test(alias) || forbiddenSteps.has(alias)) throw refused(`"${alias}" is no name for a provider.`)
  }
  const upserts = checkedProviders(providerUpserts)
  const read = targets.map((target, index) => targetOf(target, `targets[${index}]`))
  const keys = read.map(keyOfTarget)
  const twice = keys.find((key, index) => keys.indexOf(key) !== index)
  if (twice !== undefined) throw refused(`${twice} stands twice in the targets.`)
  return { upserts, deletes: providerDeletes, targets: read }
}

export const keyOfTarget = (target: ConfigTarget | AccountTarget): string =>
  target.kind === 'config' ? formatPath(target.path) : `agent ${target.agentId}: profiles.${target.profile}`

function checkedProviders(providers: object): Readonly<Record<string, ProviderConfig>> {
  const [error] = checkValue(secretsSchema, { providers }).errors
  if (error) throw refused(`providerUpserts: ${formatPath(error.path.slice(1))}: ${error.message}`)
  return providers as Readonly<Record<string, ProviderConfig>>
}

type GivenTarget = Static<typeof SecretsPlan>['targets'][number]

function targetOf(given: GivenTarget, place: string): ConfigTarget | AccountTarget {
  const path = given.pathSegments ?? parsePath(given.path)
  if (!path || path.length === 0) throw refused(`${place}.path is not a path.`)
  if (path.some((step) => forbiddenSteps.has(String(step)))) throw refused(`${place}.path holds a forbidden step.`)
  if (given.pathSegments && parsePath(given.path)?.join('\0') !== path.join('\0')) {
    // A reviewer reads the path; it must be what is written.
    if (given.path !== given.pathSegments.join('.')) throw refused(`${place}: path and pathSegments differ.`)
  }
  const fields = accountTypes[given.type]
  if (fields) return accountTarget(given, path, fields, place)
  const type = typeOfPath(path)
  if (type === undefined) throw refused(`${place}.path: ${given.path} takes no references.`)
  if (type !== given.type) throw refused(`${place}: the path is of type "${type}", not "${given.type}".`)
  if (given.providerId !== undefined && !path.includes(given.providerId)) {
    throw refused(`${place}: the path is not of the provider "${given.providerId}".`)
  }
  return { kind: 'config', path, ref: given.ref }
}

function accountTarget(
  { agentId, ref }: GivenTarget,
  path: Path,
  fields: readonly [string, string],
  place: string,
): AccountTarget {
  const [top, profile, field, ...more] = path.map(String)
  if (agentId === undefined || !/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(agentId)) {
    throw refused(`${place}.agentId must name an agent.`)
  }
  if (top !== 'profiles' || profile === undefined || field !== fields[0] || more.length > 0) {
    throw refused(`${place}.path must be profiles.<id>.${fields[0]}.`)
  }
  return { kind: 'account', agentId, profile, fields, ref }
}

const refused = (what: string) =>
  new GatewayError('invalid_request', { message: `The plan cannot be used: ${what} Nothing was changed.` })

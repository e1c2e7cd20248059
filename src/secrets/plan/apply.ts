import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../../schemas/config/index.js'
import { authoredOf } from '../../config/authored.js'
import { editConfig } from '../../config/edit.js'
import type { EditRequest } from '../../config/edit-types.js'
import { loadConfig, readConfig } from '../../config/load.js'
import { configSource } from '../../config/source.js'
import { invalidConfig } from '../../config/watch.js'
import type { Instance } from '../../instance/types.js'
import { writeAtomic } from '../../kernel/atomic-file.js'
import { systemClock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import type { StopSignal } from '../../kernel/stop.js'
import { plainSecrets } from '../audit/scan-config.js'
import { backupsOf } from '../audit/scan-files.js'
import { isPointer, keyOf } from '../pointer.js'
import { resolveAll } from '../resolve.js'
import { emptySnapshot, nextSnapshot } from '../snapshot.js'
import type { Reference, SecretsConfig } from '../types.js'
import { type AccountFile, openAccountFile } from './account-file.js'
import { withoutValues } from './dotenv-file.js'
import { type ConfigTarget, keyOfTarget, type Plan } from './read-plan.js'

export interface ApplyOptions {
  readonly dryRun: boolean
  /** Programs run only when asked for. */
  readonly allowExec: boolean
  /** Folder of each agent's accounts. */
  readonly agentDir: (agentId: string) => string
  /** Variables whose lines in `.env` may go when their value is referred to elsewhere. */
  readonly credentialNames: ReadonlySet<string>
  readonly signal: StopSignal
  /** How accounts and `.env` are written; atomically when absent. */
  readonly write?: typeof writeAtomic
}

export interface Applied {
  readonly changed: boolean
  readonly dryRun: boolean
  /** Every file that was, or would be, written or removed. */
  readonly files: readonly string[]
  readonly changes: readonly string[]
  /** The new value is another one than the text that stood there. */
  readonly different: readonly string[]
}

/**
 * Carries out a plan: providers and references into the config and the accounts, and the texts that they stand for out of
 * the config, its copies and `.env`. Every reference must be readable first. When a write fails, all files are as before.
 * @throws GatewayError `invalid_request`, `secret_unavailable`, and what `editConfig` throws
 */
export async function applyPlan(instance: Instance, plan: Plan, options: ApplyOptions): Promise<Applied> {
  const source = configSource(instance)
  const [read, loaded] = await Promise.all([readConfig(source), loadConfig(source)])
  if (!loaded.ok || !read.ok) throw invalidConfig(loaded.ok ? [] : loaded.issues)
  const secrets = secretsAfter(loaded.config.secrets, plan)
  refuseOrphans(loaded.config, plan, secrets)
  const values = await readable(instance, { plan, secrets, env: loaded.env, options })

  const authored = (authoredOf(read)?.tree ?? {}) as Config
  const configTargets = plan.targets.filter((target) => target.kind === 'config')
  const plain = new Map(plainSecrets(authored).map(({ path, value }) => [path.join('\0'), value]))
  const moved = configTargets.flatMap(({ path }) => plain.get(path.map(String).join('\0')) ?? [])
  const accounts = await accountFiles(plan, options)
  const accountTexts = accounts.flatMap(({ texts }) => texts)
  const gone = [...new Set([...moved, ...accountTexts])].filter((value) => value.length >= 6)

  const edits = editsOf(plan, configTargets)
  const preview = await editConfig(source, edits, { dryRun: true })
  const dotenv = await dotenvChanges(instance, gone, options.credentialNames, loaded.config, plan)
  const copies = await copiesWith(instance.paths.config, gone)
  const files = [
    ...(preview.changed ? [preview.file] : []),
    ...accounts.filter(({ changed }) => changed).map(({ path }) => path),
    ...dotenv.map(({ path }) => path),
    ...copies,
  ]
  const outcome: Applied = {
    changed: files.length > 0,
    dryRun: options.dryRun,
    files,
    changes: [
      ...preview.paths,
      ...accounts.flatMap(({ changes }) => changes),
      ...dotenv.flatMap(({ changes }) => changes),
    ],
    different: differences(configTargets, plain, values),
  }
  if (options.dryRun || files.length === 0) return outcome
  const { write = writeAtomic } = options
  await allOrNothing([...files, preview.file], async () => {
    await editConfig(source, edits, { version: instance.version, keepsNoBackup: true })
    for (const { path, text, changed } of accounts) if (changed) await write(path, text)
    for (const { path, text } of dotenv) await write(path, text)
    for (const copy of copies) await rm(copy, { force: true })
  })
  return outcome
}

function secretsAfter(secrets: SecretsConfig | undefined, { upserts, deletes }: Plan): SecretsConfig {
  const kept = Object.entries(secrets?.providers ?? {}).filter(([alias]) => !deletes.includes(alias))
  return { ...secrets, providers: { ...Object.fromEntries(kept), ...upserts } }
}

/** A provider that something still refers to must not go. */
function refuseOrphans(config: Config, { deletes, targets }: Plan, after: SecretsConfig): void {
  const replaced = new Set(targets.flatMap((target) => (target.kind === 'config' ? [target.path.join('\0')] : [])))
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (isPointer(value)) {
      const gone = deletes.includes(value.provider) && after.providers?.[value.provider] === undefined
      if (!gone || replaced.has(path.join('\0'))) return
      throw refused(`${path.join('.')} still refers to the provider "${value.provider}" that is to be deleted.`)
    }
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
    }
  }
  walk(config, [])
}

interface Wanted {
  readonly plan: Plan
  readonly secrets: SecretsConfig
  readonly env: Readonly<Record<string, string | undefined>>
  readonly options: ApplyOptions
}

/** Reads every reference of the plan, by target. Throws for the first that cannot be read. */
async function readable(instance: Instance, { plan, secrets, env, options }: Wanted): Promise<Map<string, unknown>> {
  const { targets } = plan
  const programs = targets.some(({ ref }) => ref.source === 'exec')
  if (programs && !options.allowExec) {
    throw refused('it has references to programs, which run only with --allow-exec.')
  }
  const refs = targets.map(({ ref }) => ref)
  const context = { env, home: instance.paths.home, clock: systemClock, signal: options.signal }
  const outcomes = await resolveAll(refs, secrets, context)
  const uses = targets.map((target): Reference => {
    const structured = target.kind === 'config' && target.path.at(-1) === 'serviceAccount'
    return { path: keyOfTarget(target), owner: '', ref: target.ref, settings: undefined, structured }
  })
  const { uses: judged } = nextSnapshot(emptySnapshot, uses, outcomes, secrets, 0)
  const failed = judged.find(({ failure }) => failure)
  if (failed?.failure) {
    throw new GatewayError('secret_unavailable', {
      message: `${failed.path}: ${failed.failure.message} Nothing was changed.`,
      details: { code: failed.failure.code, path: failed.path },
    })
  }
  return new Map(
    targets.map((target) => {
      const outcome = outcomes.get(keyOf(target.ref))
      return [keyOfTarget(target), outcome?.ok ? outcome.value : undefined]
    }),
  )
}

function editsOf({ upserts, deletes }: Plan, targets: readonly ConfigTarget[]): EditRequest[] {
  return [
    ...Object.entries(upserts).map(([alias, value]) => set(['secrets', 'providers', alias], value)),
    ...deletes
      .filter((alias) => !Object.hasOwn(upserts, alias))
      .map((alias) => ({ op: 'merge' as const, path: ['secrets', 'providers'], value: { [alias]: null } })),
    ...targets.map(({ path, ref }) => set(path, ref)),
  ]
}

const set = (path: readonly (string | number)[], value: unknown): EditRequest => ({ op: 'set', path, value })

function differences(
  targets: readonly ConfigTarget[],
  plain: ReadonlyMap<string, string>,
  values: ReadonlyMap<string, unknown>,
): string[] {
  return targets.flatMap((target) => {
    const before = plain.get(target.path.map(String).join('\0'))
    return before !== undefined && before !== values.get(keyOfTarget(target)) ? [keyOfTarget(target)] : []
  })
}

async function accountFiles({ targets }: Plan, { agentDir }: ApplyOptions): Promise<AccountFile[]> {
  const own = targets.filter((target) => target.kind === 'account')
  const agents = [...new Set(own.map(({ agentId }) => agentId))]
  return Promise.all(
    agents.map((agentId) =>
      openAccountFile(
        join(agentDir(agentId), 'auth-profiles.json'),
        own.filter((target) => target.agentId === agentId),
      ),
    ),
  )
}

async function dotenvChanges(
  { paths }: Instance,
  gone: readonly string[],
  names: ReadonlySet<string>,
  config: Config,
  { targets }: Plan,
) {
  // What a reference to the environment names must stay where it is read from.
  const used = new Set(targets.flatMap(({ ref }) => (ref.source === 'env' ? [ref.id] : [])))
  const text = JSON.stringify(config)
  const removable = new Set([...names].filter((name) => !used.has(name) && !text.includes(`"${name}"`)))
  return withoutValues([join(paths.state, '.env'), join(paths.config, '..', '.env')], removable, gone)
}

async function copiesWith(config: string, gone: readonly string[]): Promise<string[]> {
  if (gone.length === 0) return []
  const found = await Promise.all(
    (await backupsOf(config)).map(async (path) => {
      const text = await readFile(path, 'utf8').catch(() => '')
      return gone.some((value) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1)))
        ? [path]
        : []
    }),
  )
  return found.flat()
}

/** Puts every file back as it was when the work fails. */
async function allOrNothing(paths: readonly string[], work: () => Promise<void>): Promise<void> {
  const before = await Promise.all(
    [...new Set(paths)].map(async (path) => ({ path, content: await readFile(path).catch(() => undefined) })),
  )
  try {
    await work()
  } catch (error) {
    for (const { path, content } of before) {
      if (content === undefined) await rm(path, { force: true })
      else await writeAtomic(path, content)
    }
    throw error
  }
}

const refused = (what: string) =>
  new GatewayError('invalid_request', { message: `The plan cannot be carried out: ${what} Nothing was changed.` })

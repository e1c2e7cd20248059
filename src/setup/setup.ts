import { chmod, stat } from 'node:fs/promises'
import { ensureFolder, ensureWorkspace } from '../agents/workspace/ensure.js'
import { editConfig } from '../config/edit.js'
import type { EditRequest } from '../config/edit-types.js'
import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { ConfigIssue, ValidConfig } from '../config/types.js'
import { commandFor } from '../instance/profile.js'
import type { Instance, PortSource } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { expandHome } from '../kernel/expand-home.js'
import { planSetup, type SetupOptions, type SetupPlan } from './plan.js'
import { readProfiles } from './profiles.js'
import { advisedSpacing, checkSpacing, minSpacing, type SpacingProblem } from './spacing.js'

export type { SetupOptions } from './plan.js'

export interface SetupResult {
  readonly mode: 'local' | 'remote'
  readonly config: string
  readonly state: string
  readonly workspace: string | undefined
  readonly port: number
  readonly portSource: PortSource
  /** Config paths that changed; empty when everything was as it should be. */
  readonly changed: readonly string[]
  /** Folders and files that were made. */
  readonly created: readonly string[]
  /** A token that was made just now. Show it once. */
  readonly newToken: string | undefined
  /** The port span meets that of another profile; allowed, but worth knowing. */
  readonly overlap: SpacingProblem | undefined
}

const groupAndOthers = 0o077
const ownerOnly = 0o700

/**
 * Makes a profile ready to start: config (0600), workspace files, folders (0700), token, port. Safe to repeat: what is
 * there stays, byte for byte. `more` is written in the same step as its own edits. The config is untouched when it throws: `config_invalid`, `port_too_close`,
 * `auth_misconfigured`, `state_unusable`, or what `editConfig` throws.
 */
export async function setUpProfile(
  instance: Instance,
  options: SetupOptions = {},
  more: readonly EditRequest[] = [],
): Promise<SetupResult> {
  const { paths } = instance
  const source = configSource(instance)
  const loaded = await loadConfig(source)
  if (!loaded.ok) throw invalid(paths.config, loaded.issues)
  const plan = planSetup(instance, loaded, options)
  const overlap = plan.mode === 'local' && !options.baseline ? await checkPort(instance, loaded, plan) : undefined
  const created: string[] = []
  for (const folder of [paths.state, paths.credentials]) if (await ensureFolder(folder)) created.push(folder)
  await closeToOthers(paths.state)
  const result = await editConfig(source, [...plan.edits, ...more], {
    expectHash: loaded.hash,
    version: instance.version,
  })
  if (result.changed && !loaded.exists) created.push(paths.config)
  if (loaded.exists) await closeToOthers(paths.config)
  if (plan.mode === 'local' && loaded.config.agents?.defaults?.skipBootstrap !== true) {
    created.push(...(await ensureWorkspace(expandHome(plan.workspace, paths.home))))
  }
  return {
    mode: plan.mode,
    config: paths.config,
    state: paths.state,
    workspace: plan.mode === 'local' ? plan.workspace : undefined,
    port: plan.ports.base,
    portSource: plan.ports.source,
    changed: result.paths,
    created,
    newToken: plan.newToken,
    overlap,
  }
}

/**
 * Throws what `setUpProfile` would of these wishes once the config is gone: whoever removes it first asks before.
 * Writes nothing.
 */
export async function checkFreshSetup(instance: Instance, options: SetupOptions): Promise<void> {
  const loaded = await loadConfig(configSource(instance), async () => ({ kind: 'missing' }))
  if (!loaded.ok) return
  const plan = planSetup(instance, loaded, options)
  if (plan.mode === 'local' && !options.baseline) await checkPort(instance, loaded, plan)
}

/** Looks at the neighbours only when the port is new: a profile that runs as it is must not fail to set up again. */
async function checkPort(
  instance: Instance,
  { config }: ValidConfig,
  { ports }: SetupPlan,
): Promise<SpacingProblem | undefined> {
  const profiles = await readProfiles(instance)
  const neighbours = profiles.filter(({ current }) => !current)
  const problem = checkSpacing(ports.base, neighbours)
  if (problem?.verdict !== 'refused' || config.gateway?.port === ports.base) return problem
  const { neighbour, distance, suggestion } = problem
  const advice = `Base ports need a distance of at least ${minSpacing}, better ${advisedSpacing}.`
  const command = commandFor(instance, `setup --port ${suggestion}`)
  throw new GatewayError('port_too_close', {
    message: `Port ${ports.base} is ${distance} away from ${neighbour.port} of profile "${neighbour.profile}". ${advice} Run: ${command}`,
    details: { ...problem, next: `setup --port ${suggestion}` },
  })
}

/** What others can read is closed: the folder holds credentials, the config the token. */
async function closeToOthers(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & groupAndOthers) !== 0) await chmod(path, mode & ownerOnly)
}

function invalid(path: string, issues: readonly ConfigIssue[]): GatewayError {
  const [first] = issues
  const where = first?.line === undefined ? '' : `:${first.line}:${first.column ?? 1}`
  return new GatewayError('config_invalid', {
    message: `The config ${path}${where} is not valid: ${first?.path}: ${first?.message} Correct it, then run setup again.`,
    details: { issues },
  })
}

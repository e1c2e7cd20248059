import { devProfile } from '../../instance/profile.js'
import type { RunRecord } from '../../instance/run-file.js'
import type { Env, Instance } from '../../instance/types.js'
import { GatewayError } from '../../kernel/errors.js'
import { outputTail, startDetached } from '../../service/plain.js'
import { outputFile } from '../../service/spec.js'
import type { ServiceManager } from '../../service/types.js'
import type { CommandContext } from '../context.js'
import type { OpenService } from './open.js'
import { waitForGateway } from './running.js'

/** A manager is asked this often whether the service is still there; two looks without it are an end. */
const looksEvery = 5

/** Starts the service anew and waits until its gateway answers. Throws `service_failed`. */
export async function startService(
  { instance }: OpenService,
  manager: ServiceManager,
  action: 'start' | 'restart',
  before?: string,
): Promise<RunRecord> {
  await manager[action]()
  let looks = 0
  let absent = 0
  const check = async () => {
    looks += 1
    if (looks % looksEvery !== 0) return
    const { active, lastExit } = await manager.state()
    absent = active === 'running' || active === 'starting' || active === 'unknown' ? 0 : absent + 1
    if (active !== 'failed' && absent < 2) return
    const values = { name: manager.name, code: lastExit ?? '?', logs: manager.logs(outputFile(instance)) }
    throw new GatewayError('service_failed', { details: { kind: 'ended', values, next: 'gateway run' } })
  }
  return waitForGateway(instance, { before, check })
}

/**
 * Without a service manager: a gateway that goes on when this command and its terminal are gone. Nobody starts it again
 * when it fails. What would refuse the start is found before, and so is the token that a first start makes: it is shown
 * here and nowhere else.
 */
export async function startPlain(context: CommandContext, { instance, launcher }: OpenService): Promise<RunRecord> {
  const { paths, profile } = instance
  await preflight(context, instance, {})
  const file = outputFile(instance)
  const child = await startDetached({
    program: launcher.node,
    args: [launcher.entry, '--profile', profile, 'gateway', 'run', '--supervised', 'plain'],
    env: absoluteEnv(context.env, instance),
    cwd: paths.state,
    outputFile: file,
  })
  const check = async () => {
    const code = child.ended()
    if (code === undefined) return
    const said = (await outputTail(file)).join('\n')
    const values = { code: code ?? '?', said, path: file }
    throw new GatewayError('service_failed', { details: { kind: 'refused', values, next: 'gateway run' } })
  }
  return waitForGateway(instance, { before: undefined, check })
}

/** Throws what a start would be refused with. Makes the token of a first start and shows it. */
export async function preflight(
  { out, t }: CommandContext,
  instance: Instance,
  flags: { readonly allowUnconfigured?: boolean },
): Promise<void> {
  const show = (token: string) => {
    out.note(t('setup.newToken', { token }))
    out.note(t('setup.tokenKept', { path: instance.paths.config }))
  }
  if (instance.profile === devProfile) {
    const { setUpDev } = await import('../../setup/dev.js')
    const { newToken } = await setUpDev(instance, { reset: false })
    if (newToken !== undefined) show(newToken)
  }
  const { prepare } = await import('../../prepare.js')
  await prepare(instance, flags, show)
}

/** The gateway runs in another folder; what was relative to this one would lead elsewhere. */
function absoluteEnv(env: Env, { paths }: Instance): Env {
  const places = {
    OPENCLAW_HOME: paths.home,
    OPENCLAW_STATE_DIR: paths.state,
    OPENCLAW_CONFIG_PATH: paths.config,
    OPENCLAW_WORKSPACE_DIR: paths.workspace,
  }
  const set = Object.entries(places).filter(([name]) => env[name])
  return { ...env, ...Object.fromEntries(set) }
}

import { resolveInstance } from '../../../instance/resolve.js'
import type { Instance } from '../../../instance/types.js'
import { type Applied, installService, standingOf } from '../../../service/apply.js'
import { serviceSpec } from '../../../service/spec.js'
import type { ServiceManager, ServiceSpec } from '../../../service/types.js'
import { setUpProfile } from '../../../setup/setup.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { type OpenService, serviceOf, usableManager } from '../../service/open.js'
import { runningGateway } from '../../service/running.js'
import { preflight, startService } from '../../service/start.js'
import { installWarnings, type Warning } from '../../service/warnings.js'

/** Options of the official tool whose subject does not exist here. */
const later = {
  token: { kind: 'text', value: 'token', text: 'option.unavailable', unavailable: true },
  runtimePath: { kind: 'text', value: 'path', text: 'option.unavailable', unavailable: true },
  wrapper: { kind: 'text', value: 'path', text: 'option.unavailable', unavailable: true },
} as const

export default defineCommand({
  summary: 'gateway.install.summary',
  description: 'gateway.install.description',
  options: {
    port: { kind: 'integer', value: 'port', min: 1, max: 65_535, text: 'gateway.install.port' },
    allowUnconfigured: { kind: 'flag', text: 'gateway.run.allowUnconfigured' },
    force: { kind: 'flag', text: 'gateway.install.force' },
    dryRun: { kind: 'flag', text: 'gateway.install.dryRun' },
    runtime: { kind: 'choice', choices: ['node'], text: 'setup.option.compatible', hidden: true },
    ...later,
    ...jsonOption,
  },
  examples: [
    { command: 'gateway install' },
    { command: '--profile rescue gateway install --port 19789' },
    { command: 'gateway install --dry-run', text: 'gateway.install.example.dryRun' },
  ],
  async run(context, _args, { port, force, dryRun, allowUnconfigured }) {
    const service = await serviceOf(context)
    // What it would write can be read without a session; only the names come from the manager.
    const manager = dryRun && service.manager ? service.manager : usableManager(service)
    const { instance, host, launcher } = service
    const spec = serviceSpec({ instance, host, launcher, kind: manager.kind, allowUnconfigured })
    if (dryRun) return showDefinition(context, service, manager, spec)
    // The config holds the port, so that every command and the next start agree on it.
    if (port !== undefined) await setUpProfile(instance, { port })
    await preflight(context, await seenByService(spec, service, context), { allowUnconfigured })
    const applied = await installService(manager, spec, { force })
    const started = await bringUp(service, manager, applied)
    const warnings = await installWarnings(context, service, manager)
    return report(context, manager, { applied, started, warnings })
  },
})

async function showDefinition(
  { out, t }: CommandContext,
  service: OpenService,
  manager: ServiceManager,
  spec: ServiceSpec,
): Promise<number> {
  const files = manager.files(spec)
  const standing = await standingOf(manager, spec)
  const usable = service.missing === undefined
  out.result({ ok: true, action: 'install', dryRun: true, manager: manager.kind, usable, standing, files }, () => [
    ...files.flatMap(({ path, text }) => [t('gateway.install.wouldWrite', { path }), '', text.trimEnd(), '']),
    t('gateway.install.nothingWritten'),
  ])
  return 0
}

/** The instance as the service will see it: a token that only this shell has set does not count there. */
function seenByService(spec: ServiceSpec, { instance, host }: OpenService, { env }: CommandContext): Promise<Instance> {
  const base = host.platform === 'win32' ? env : { HOME: host.osHome ?? instance.paths.home }
  const { profile } = instance
  return resolveInstance({ flags: { profile }, env: { ...base, ...spec.env }, cwd: spec.workingDirectory })
}

interface Started {
  readonly result: 'started' | 'restarted' | 'running' | 'outside'
  readonly pid: number
  readonly port: number
}

/** Starts what is installed. A gateway that was started by hand keeps running: ending it is for `restart`. */
async function bringUp(service: OpenService, manager: ServiceManager, { before }: Applied): Promise<Started> {
  const running = await runningGateway(service.instance)
  const { active } = await manager.state()
  const supervised = active === 'running' || active === 'starting'
  if (running && !supervised) return { ...running, result: 'outside' }
  if (running && before === 'same') return { ...running, result: 'running' }
  const action = supervised ? 'restart' : 'start'
  const record = await startService(service, manager, action, running?.instanceId)
  return { ...record, result: supervised ? 'restarted' : 'started' }
}

interface Outcome {
  readonly applied: Applied
  readonly started: Started
  readonly warnings: readonly Warning[]
}

function report({ out, t, hint }: CommandContext, manager: ServiceManager, outcome: Outcome): number {
  const { applied, started, warnings } = outcome
  const { kind, name, title } = manager
  const { pid, port } = started
  const result = { absent: 'installed', same: 'already-installed', differs: 'replaced', foreign: 'replaced', other: '' }
  const facts = { manager: kind, name, files: applied.files, ...(applied.backup && { backup: applied.backup }) }
  out.result(
    { ok: true, action: 'install', result: result[applied.before], ...facts, run: started.result, pid, port, warnings },
    () => [
      applied.before === 'same' ? t('service.already', { title, name }) : t('service.installed', { title, name }),
      ...(applied.files[0] ? [`  ${applied.files[0]}`] : []),
      ...(applied.backup ? [t('gateway.install.backup', { path: applied.backup })] : []),
      started.result === 'outside'
        ? t('gateway.install.outside', { pid, command: hint('gateway restart') })
        : t('service.answers', { pid, port }),
      ...warnings.map(({ message }) => `${out.style('!', 'yellow')} ${message}`),
    ],
  )
  return 0
}

import { standingOf } from '../../../service/apply.js'
import { serviceSpec } from '../../../service/spec.js'
import { jsonOption } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { type Installed, installGateway } from '../../service/install.js'
import { type OpenService, serviceOf, usableManager } from '../../service/open.js'

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
    if (dryRun) return showDefinition(context, service, allowUnconfigured)
    return report(context, await installGateway(context, service, { port, force, allowUnconfigured }))
  },
})

async function showDefinition(
  { out, t }: CommandContext,
  service: OpenService,
  allowUnconfigured: boolean,
): Promise<number> {
  const { instance, host, launcher } = service
  // What it would write can be read without a session; only the names come from the manager.
  const manager = service.manager ?? usableManager(service)
  const spec = serviceSpec({ instance, host, launcher, kind: manager.kind, allowUnconfigured })
  const files = manager.files(spec)
  const standing = await standingOf(manager, spec)
  const usable = service.missing === undefined
  out.result({ ok: true, action: 'install', dryRun: true, manager: manager.kind, usable, standing, files }, () => [
    ...files.flatMap(({ path, text }) => [t('gateway.install.wouldWrite', { path }), '', text.trimEnd(), '']),
    t('gateway.install.nothingWritten'),
  ])
  return 0
}

function report({ out, t, hint }: CommandContext, { manager, applied, started, warnings }: Installed): number {
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

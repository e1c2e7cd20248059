import { viewService } from '../../service/view.js'
import { bindModeOf } from '../config-facts.js'
import type { CommandContext } from '../context.js'
import { examineProfile, findingLines, findingRow } from '../examine-profile.js'
import type { GreetedView } from '../gateway-greeting.js'
import { readLogFile } from '../logs/file.js'
import { showLine } from '../logs/lines.js'
import type { ProfileTable } from '../profile-table.js'
import { serviceOf } from '../service/open.js'
import { serviceLines } from '../service/view.js'
import { columns } from '../text-width.js'
import { statusJson, statusLines } from './lines.js'

const logLines = 25
const logBytes = 200_000

export interface ReportInput {
  readonly view: GreetedView
  readonly profiles: ProfileTable | undefined
  readonly good: boolean
  readonly steps: readonly string[]
}

/**
 * Everything that helps somebody else to help, in one text that can be pasted: no secret of config, environment or log
 * is in it, whatever section it comes from.
 */
export async function fullReport(
  context: CommandContext,
  { view, profiles, good, steps }: ReportInput,
): Promise<number> {
  const { out, t, hint } = context
  const { instance, config } = view
  const [service, checks, log, clean] = await Promise.all([
    serviceOf(context).then(viewService),
    examineProfile(context, false),
    readLogFile(instance, config, { limit: logLines, maxBytes: logBytes }),
    cleaner(view),
  ])
  const findings = checks.flatMap(({ id, findings: found }) => found.map((one) => ({ id, ...one })))
  const system = systemFacts(view)
  const shown = findings.filter(({ severity }) => severity !== 'info')
  const value = {
    ok: good,
    ...statusJson(view),
    system,
    service,
    profiles: profiles?.rows ?? [],
    findings: findings.map((one) => findingRow(one.id, one)),
    log: { file: log.file, lines: log.lines },
    next: steps.map(hint),
  }
  const title = (text: string) => ['', out.style(text, 'bold')]
  out.result(JSON.parse(clean(JSON.stringify(value))), () => {
    const text = [
      ...statusLines(view, context),
      ...title(t('status.report.system')),
      ...columns(Object.entries(system).map(([name, fact]) => [name, String(fact)])),
      ...title(t('status.report.service')),
      ...serviceLines(service, context),
      ...title(t('status.report.profiles')),
      ...(profiles?.lines ?? []),
      ...title(t('status.report.findings')),
      ...(shown.length > 0 ? shown.flatMap((one) => findingLines(context, one)) : [t('status.report.noFindings')]),
      ...title(t('status.report.log', { file: log.file })),
      ...(log.lines.length > 0
        ? log.lines.map((line) => showLine(line, { json: false, colour: false, utc: true }).trimEnd())
        : [t('status.report.noLog')]),
      ...(steps.length > 0 ? [...title(t('status.next')), ...steps.map((step) => `  ${hint(step)}`)] : []),
    ]
    return clean(text.join('\n')).split('\n')
  })
  return good ? 0 : 1
}

function systemFacts(view: GreetedView) {
  const { instance, config, client } = view
  const { auth, tailscale, tls } = config.gateway ?? {}
  return {
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    container: instance.settings.inContainer,
    bind: bindModeOf(view),
    auth: auth?.mode ?? 'token',
    credential: client.credential?.from ?? 'none',
    tls: tls?.enabled === true,
    tailscale: tailscale?.mode ?? 'off',
  }
}

/** Blanks every secret that this profile knows. */
async function cleaner({ instance, loaded, config }: GreetedView): Promise<(text: string) => string> {
  const [{ Redactor }, { secretsOf }] = await Promise.all([
    import('../../kernel/redact.js'),
    import('../../runtime-inputs.js'),
  ])
  const redactor = new Redactor()
  // A file with mistakes holds secrets all the same.
  const tree = loaded.ok ? config : await readTree(instance)
  redactor.hide(secretsOf(tree, loaded.ok ? loaded.env : instance.env, instance.settings))
  return (text) => redactor.redact(text)
}

async function readTree(instance: GreetedView['instance']): Promise<object> {
  const [{ readConfig }, { configSource }] = await Promise.all([
    import('../../config/load.js'),
    import('../../config/source.js'),
  ])
  const read = await readConfig(configSource(instance))
  const value = read.ok ? read.resolved.value : undefined
  return typeof value === 'object' && value !== null ? value : {}
}

import { type Diagnosis, diagnose, refusedDiagnosis } from '../../../client/diagnose/index.js'
import { readGatewayConfig } from '../../../client/gateway-config.js'
import {
  type ClientFlags,
  type ClientInput,
  defaultTimeoutMs,
  type FoundGateway,
  findGateway,
} from '../../../client/open.js'
import { configSource } from '../../../config/source.js'
import { GatewayError } from '../../../kernel/errors.js'
import { clientOptions } from '../../client-options.js'
import { stageLines } from '../../connect/diagnosis-lines.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { callPassageMs } from '../../passage.js'
import { stopSignal } from '../../stop-signal.js'

/** Goes the way to a gateway and says where it ends, and what to do about it. */
export default defineCommand({
  summary: 'connect.doctor.summary',
  description: 'connect.doctor.description',
  options: { ...clientOptions, noLogin: { kind: 'flag', text: 'connect.doctor.noLogin' } },
  examples: [
    { command: 'connect doctor' },
    { command: 'connect doctor --url wss://gw.example.com --token "$TOKEN"' },
    { command: 'connect doctor --json' },
  ],
  async run(context, _args, options) {
    const { out, t, io } = context
    const instance = await context.instance()
    const config = await readGatewayConfig(configSource(instance))
    const found = await find({ instance, config, flags: options })
    if ('refused' in found) return report(context, found.refused)
    out.lines([out.style(t('connect.doctor.heading', { url: found.target.display }), 'bold'), ''])
    const stop = stopSignal(io)
    try {
      const diagnosis = await diagnose(found, {
        config,
        limitMs: options.timeout ?? defaultTimeoutMs,
        tunnelMs: options.timeout ?? callPassageMs,
        signal: stop.signal,
        login: !options.noLogin,
        onStage: (stage) => out.lines(stageLines(stage, context)),
      })
      return report(context, diagnosis, { shown: true })
    } catch (error) {
      if (!stop.signal.aborted) throw error
      return stop.exitCode()
    } finally {
      stop.release()
    }
  },
})

/** As a command would find it; without a secret where none may be sent, because that is for the diagnosis to say. */
async function find(
  input: Omit<ClientInput, 'purpose'> & { flags: ClientFlags },
): Promise<FoundGateway | { refused: Diagnosis }> {
  try {
    return await findGateway({ ...input, purpose: 'call' })
  } catch (error) {
    const code = error instanceof GatewayError ? error.code : undefined
    if (code === 'credentials_required' || code === 'auth_misconfigured')
      return findGateway({ ...input, purpose: 'probe' })
    if (code !== 'plaintext_refused' || !(error instanceof GatewayError)) throw error
    const host = String(error.details?.host ?? '?')
    return { refused: refusedDiagnosis(host, `ws://${host}`) }
  }
}

function report(context: CommandContext, diagnosis: Diagnosis, { shown = false } = {}): number {
  const { out, t } = context
  const { ok, code } = diagnosis
  const verdict =
    code === 'OK' ? t('connect.doctor.fine') : ok ? t('connect.doctor.warning') : t('connect.doctor.broken')
  out.result(diagnosis, () => [
    ...(shown ? [] : diagnosis.stages.flatMap((stage) => stageLines(stage, context))),
    '',
    out.style(verdict, ok ? 'green' : 'red'),
  ])
  return ok ? 0 : 1
}

import { resolve } from 'node:path'
import type { OnboardAnswers } from '../../../setup/onboard/answers.js'
import type { Wizard } from '../wizard.js'

/** A gateway here, or the commands of this profile talk to one elsewhere. */
export async function modeStep({ ask, context: { t }, config, flags, quick }: Wizard): Promise<'local' | 'remote'> {
  if (flags.mode !== undefined) return flags.mode
  const current = config.gateway?.mode ?? 'local'
  if (quick) return current
  return ask.select<'local' | 'remote'>({
    message: t('onboard.mode.ask'),
    choices: [
      { value: 'local', label: t('onboard.mode.local'), hint: t('onboard.mode.localHint') },
      { value: 'remote', label: t('onboard.mode.remote'), hint: t('onboard.mode.remoteHint') },
    ],
    initial: current,
  })
}

/** Address and secret of the other gateway. */
export async function remoteStep({ ask, context: { t }, config, flags }: Wizard): Promise<OnboardAnswers> {
  const remote = config.gateway?.remote
  const check = (text: string) => (/^wss?:\/\/.+/.test(text) ? undefined : t('onboard.remote.badUrl'))
  const current = remote?.url ?? 'ws://127.0.0.1:18789'
  const remoteUrl = flags.remoteUrl ?? (await ask.text({ message: t('onboard.remote.url'), initial: current, check }))
  if (flags.remoteToken !== undefined || flags.remotePassword !== undefined) return { mode: 'remote', remoteUrl }
  const has = remote?.token !== undefined || remote?.password !== undefined
  const kind = await ask.select<'keep' | 'token' | 'password' | 'none'>({
    message: t('onboard.remote.secret'),
    choices: [
      ...(has ? [{ value: 'keep' as const, label: t('onboard.keepCurrent') }] : []),
      { value: 'token', label: t('onboard.auth.token') },
      { value: 'password', label: t('onboard.auth.password') },
      { value: 'none', label: t('onboard.remote.none') },
    ],
    initial: has ? 'keep' : 'token',
  })
  if (kind === 'keep' || kind === 'none') return { mode: 'remote', remoteUrl }
  const secret = await ask.secret({
    message: t('onboard.secret'),
    check: (text) => (text ? undefined : t('onboard.empty')),
  })
  return { mode: 'remote', remoteUrl, ...(kind === 'token' ? { remoteToken: secret } : { remotePassword: secret }) }
}

/** Where the agents work. */
export async function workspaceStep(wizard: Wizard): Promise<string | undefined> {
  const { ask, context, instance, config, flags, quick } = wizard
  if (flags.workspace !== undefined) return undefined
  const current = config.agents?.defaults?.workspace ?? instance.paths.workspace
  if (quick) return current
  const { t, io } = context
  const typed = await ask.text({ message: t('onboard.workspace.ask'), initial: current })
  return typed.startsWith('~') ? typed : resolve(io.cwd, typed)
}

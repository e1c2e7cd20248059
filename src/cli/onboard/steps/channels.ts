import type { SecretValue } from '../../../models/credentials.js'
import type { ChannelAnswers } from '../../../setup/onboard/answers.js'
import { referenceTo } from '../model-flags.js'
import type { Wizard } from '../wizard.js'
import { askVariable } from './model.js'

/** Keys of each channel as the config spells them, and the variable that usually holds the secret. */
const channels = {
  telegram: { label: 'Telegram', keys: [['botToken', 'TELEGRAM_BOT_TOKEN']] },
  discord: { label: 'Discord', keys: [['token', 'DISCORD_BOT_TOKEN']] },
  slack: {
    label: 'Slack',
    keys: [
      ['botToken', 'SLACK_BOT_TOKEN'],
      ['appToken', 'SLACK_APP_TOKEN'],
    ],
  },
} as const
type Channel = keyof typeof channels
const ids = Object.keys(channels) as Channel[]

/** Tokens of chat channels. What is there stays unless the user gives another. */
export async function channelsStep(wizard: Wizard): Promise<ChannelAnswers> {
  const { ask, context, config, flags } = wizard
  const { t } = context
  if (flags.skipChannels) return {}
  const has = (id: Channel) => config.channels?.[id] !== undefined
  ask.say('info', t('onboard.channels.whatsapp'))
  if (!(await ask.confirm({ message: t('onboard.channels.ask'), initial: false }))) return {}
  const chosen = await ask.pick<Channel>({
    message: t('onboard.channels.which'),
    choices: ids.map((id) => ({
      value: id,
      label: channels[id].label,
      ...(has(id) && { hint: t('onboard.channels.set') }),
    })),
  })
  const answers: Record<string, Record<string, SecretValue>> = {}
  for (const id of chosen) {
    answers[id] = await askChannel(wizard, id)
  }
  return answers
}

/** All tokens of a channel; those of Telegram are tried out, since a wrong one only shows when nobody answers. */
async function askChannel(wizard: Wizard, id: Channel): Promise<Record<string, SecretValue>> {
  const { ask, context } = wizard
  const { t } = context
  for (;;) {
    const own: Record<string, SecretValue> = {}
    for (const [key, variable] of channels[id].keys) {
      own[key] = await askToken(wizard, `${channels[id].label} ${key}`, id, variable)
    }
    if (id !== 'telegram' || (await botAnswers(wizard, own.botToken))) return own
    const again = await ask.confirm({ message: t('onboard.channels.again'), initial: true })
    if (!again) return own
  }
}

async function botAnswers({ ask, context, config, env }: Wizard, token: SecretValue | undefined): Promise<boolean> {
  const { t } = context
  const value = typeof token === 'object' ? env[token.id] : token
  // A variable that is not set here may well be set for the service.
  if (value === undefined) return true
  const { checkBotToken } = await import('../../../setup/onboard/telegram-check.js')
  const root = config.channels?.telegram?.apiRoot
  const outcome = await ask.wait(t('onboard.channels.checking'), (signal) => checkBotToken(value, root, signal))
  if (outcome.ok) ask.say('done', t('onboard.channels.bot', { name: outcome.name }))
  else ask.say('problem', outcome.why === 'refused' ? t('onboard.channels.refused') : t('onboard.channels.unreachable'))
  return outcome.ok
}

async function askToken(wizard: Wizard, what: string, id: Channel, variable: string): Promise<SecretValue> {
  const { ask, context, flags } = wizard
  const { t } = context
  if (id === 'telegram') ask.say('info', t('onboard.channels.telegram'))
  const how =
    flags.secretInputMode ??
    (await ask.select<'plaintext' | 'ref'>({
      message: t('onboard.channels.how', { what }),
      choices: [
        { value: 'plaintext', label: t('onboard.key.type'), hint: t('onboard.key.typeHint') },
        { value: 'ref', label: t('onboard.key.name'), hint: t('onboard.key.nameHint') },
      ],
      initial: 'plaintext',
    }))
  if (how === 'ref') return referenceTo(await askVariable(wizard, variable))
  return ask.secret({ message: what, check: (text) => tokenProblem(id, text, t) })
}

/** A token of BotFather has a shape; a name or a link that is pasted instead is told at once. */
function tokenProblem(id: Channel, text: string, t: Wizard['context']['t']): string | undefined {
  if (text.trim() === '') return t('onboard.empty')
  return id === 'telegram' && !/^\d+:[A-Za-z0-9_-]{20,}$/.test(text.trim())
    ? t('onboard.channels.badTelegram')
    : undefined
}

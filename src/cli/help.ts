import type { CommandIndex, IndexedCommand, IndexedOption } from './index/types.js'
import type { Messages, Translate } from './messages.js'
import type { Output } from './output.js'
import { rootOptionTexts } from './root-option-texts.js'
import { columns } from './text-width.js'

export interface HelpContext {
  readonly messages: Messages
  readonly out: Output
}

/** `openclaw --help`. */
export function rootHelp(index: CommandIndex, version: string, { messages, out }: HelpContext): string[] {
  const { t } = messages
  const title = (text: string) => out.style(text, 'bold')
  return [
    `OpenClaw ${version}  ${t('help.tagline')}`,
    '',
    title(t('help.usage')),
    `  openclaw [--profile <name>] <${t('help.command')}> [${t('help.options')}]`,
    '',
    title(t('help.commands')),
    ...commandRows(index, messages),
    '',
    title(t('help.globalOptions')),
    ...globalRows(t),
    '',
    title(t('help.firstSteps')),
    ...columns(
      [
        ['openclaw setup', t('help.step.setup')],
        ['openclaw gateway', t('help.step.gateway')],
        ['openclaw status', t('help.step.status')],
      ],
      '  ',
    ),
    '',
    t('help.more', { command: `openclaw <${t('help.command')}> --help` }),
  ]
}

/** Help for words that lead to a folder: what is in it. */
export function groupHelp(index: CommandIndex, words: readonly string[], { messages, out }: HelpContext): string[] {
  const { t } = messages
  const path = words.join(' ')
  const inside = index.filter((command) => command.path.startsWith(`${path} `))
  return [
    out.style(t('help.usage'), 'bold'),
    `  openclaw ${path} <${t('help.command')}> [${t('help.options')}]`,
    '',
    out.style(t('help.commands'), 'bold'),
    ...commandRows(inside, messages),
    '',
    t('help.more', { command: `openclaw ${path} <${t('help.command')}> --help` }),
  ]
}

/** Help for one command. */
export function commandHelp(index: CommandIndex, path: string, { messages, out }: HelpContext): string[] {
  const { t, language } = messages
  const command = index.find((one) => one.path === path)
  if (!command) return []
  const inside = index.filter((one) => one.path.startsWith(`${path} `))
  const section = (key: Parameters<Translate>[0], lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', out.style((t as (key: string) => string)(key), 'bold'), ...lines]
  return [
    command.summary[language],
    ...(command.description ? ['', command.description[language]] : []),
    ...section('help.usage', [`  openclaw ${usageOf(command)} [${t('help.options')}]`]),
    ...section(
      'help.arguments',
      columns(
        command.args.map(({ name, required, text }) => [required ? `<${name}>` : `[${name}]`, text[language]]),
        '  ',
      ),
    ),
    ...section('help.optionsTitle', optionRows(command.options, messages)),
    ...section('help.commands', commandRows(inside, messages)),
    ...section(
      'help.examples',
      columns(
        command.examples.map((example) => [`openclaw ${example.command}`, example.text?.[language] ?? '']),
        '  ',
      ),
    ),
    ...section('help.globalOptions', globalRows(t)),
  ]
}

export function usageOf({ path, args }: IndexedCommand): string {
  return [path, ...args.map(({ name, required }) => (required ? `<${name}>` : `[${name}]`))].join(' ')
}

function commandRows(index: CommandIndex, { language }: Messages): string[] {
  return columns(
    index.map((command) => [usageOf(command), command.summary[language]]),
    '  ',
  )
}

function optionRows(options: readonly IndexedOption[], { language }: Messages): string[] {
  return columns(
    options.map(({ flag, short, value, text }) => [flagsOf(flag, short, value), text[language]]),
    '  ',
  )
}

function globalRows(t: Translate): string[] {
  return columns(
    rootOptionTexts.map(({ flag, short, value, text }) => [flagsOf(flag, short, value), t(text)]),
    '  ',
  )
}

function flagsOf(flag: string, short: string | undefined, value: string | undefined): string {
  return [short ? `${short}, ${flag}` : flag, value].filter(Boolean).join(' ')
}

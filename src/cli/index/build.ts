import type { AnyCommand } from '../define.js'
import { listCommands, loadCommand } from '../find.js'
import { loadMessages, type MessageKey, type Translate } from '../messages.js'
import { flagOf, placeholderOf } from '../option-names.js'
import type { CommandIndex, IndexedCommand, Localized } from './types.js'

/** Imports every command once and writes down what its definition says, in both languages. */
export async function buildIndex(): Promise<CommandIndex> {
  const [en, zh] = await Promise.all([loadMessages('en'), loadMessages('zh-CN')])
  const localize = (key: MessageKey): Localized => ({ en: plain(en.t)(key), 'zh-CN': plain(zh.t)(key) })
  const commands = listCommands().sort((a, b) => (a.path < b.path ? -1 : 1))
  return Promise.all(commands.map(async ({ path, file }) => entryOf(path, await loadCommand(file), localize)))
}

/** Texts of definitions have no placeholders. */
const plain = (t: Translate) => t as (key: MessageKey) => string

function entryOf(path: string, definition: AnyCommand, localize: (key: MessageKey) => Localized): IndexedCommand {
  const options = Object.entries(definition.options ?? {}).filter(([, option]) => !option.unavailable && !option.hidden)
  return {
    path,
    summary: localize(definition.summary),
    ...(definition.description && { description: localize(definition.description) }),
    args: (definition.args ?? []).map(({ name, required, rest, text }) => ({
      name: rest ? `${name}...` : name,
      required: required === true,
      text: localize(text),
    })),
    options: options.map(([name, option]) => ({
      flag: flagOf(name),
      ...(option.short && { short: `-${option.short}` }),
      ...(option.kind !== 'flag' && { value: placeholderOf(option) }),
      ...(option.kind === 'choice' && { choices: option.choices }),
      text: localize(option.text),
    })),
    examples: (definition.examples ?? []).map(({ command, text }) => ({
      command,
      ...(text && { text: localize(text) }),
    })),
  }
}

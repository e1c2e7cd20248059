import { isLocal } from '../../../models/endpoint.js'
import { knownPrograms } from '../../../models/known-programs.js'
import { knownProviders } from '../../../models/known-providers.js'
import { programSettings } from '../../../models/program.js'
import { ECHO_MODEL, listModels, ownEntry } from '../../../models/selection.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { aliasesOf } from '../../models/aliases.js'
import { type ChoiceKey, type Config, choiceOf, refOf } from '../../models/choice.js'
import { columns } from '../../text-width.js'

interface ListedRow {
  readonly ref: string
  readonly provider: string
  readonly name: string
  readonly alias?: string
  /** What it is there for: `default`, `fallback#1`, `image`, `image-fallback#1`. */
  readonly tags: readonly string[]
}

export default defineCommand({
  summary: 'models.list.summary',
  options: {
    all: { kind: 'flag', text: 'models.option.all' },
    provider: { kind: 'text', value: 'id', text: 'models.option.provider' },
    local: { kind: 'flag', text: 'models.option.local' },
    plain: { kind: 'flag', text: 'models.option.plain' },
    ...jsonOption,
  },
  examples: [{ command: 'models list' }, { command: 'models list --provider lmstudio --plain' }],
  async run(context, _args, { all, provider, local, plain }) {
    const { config } = await localConfig(context)
    const models = rowsOf(config, context.t('models.echo'), all).filter(
      (row) => (provider === undefined || row.provider === provider) && (!local || runsHere(config, row.provider)),
    )
    context.out.result({ ok: true, models }, () => {
      if (plain) return models.map(({ ref }) => ref)
      return columns(
        models.map(({ ref, name, alias, tags }) => [ref, name, [...tags, ...(alias ? [alias] : [])].join(' ')]),
      )
    })
    return 0
  },
})

/** The embedded model, those that the config describes, those that it names, and on demand programs that may be there. */
function rowsOf(config: Config, echo: string, all: boolean): ListedRow[] {
  const names = new Map([[ECHO_MODEL, echo], ...listModels(config).map(({ ref, name }) => [ref, name] as const)])
  const tags = new Map<string, string[]>()
  for (const { ref, tag } of [...tagsOf(config, 'model'), ...tagsOf(config, 'imageModel')]) {
    tags.set(ref, [...(tags.get(ref) ?? []), tag])
  }
  const aliases = new Map(aliasesOf(config).map(({ alias, model }) => [model, alias]))
  const programs = all ? Object.keys(knownPrograms).filter((id) => programSettings(config, id)) : []
  const refs = [...names.keys(), ...tags.keys(), ...aliases.keys(), ...programs.map((id) => `${id}/default`)]
  return [...new Set(refs)].map((ref) => {
    const slash = ref.indexOf('/')
    const alias = aliases.get(ref)
    return {
      ref,
      provider: ref.slice(0, Math.max(slash, 0)),
      name: names.get(ref) ?? ref.slice(slash + 1),
      ...(alias !== undefined && { alias }),
      tags: tags.get(ref) ?? [],
    }
  })
}

function tagsOf(config: Config, key: ChoiceKey): { ref: string; tag: string }[] {
  const { primary, fallbacks } = choiceOf(config, key)
  const [first, later] = key === 'model' ? ['default', 'fallback'] : ['image', 'image-fallback']
  return [
    ...(primary === undefined ? [] : [{ ref: refOf(config, primary), tag: first }]),
    ...fallbacks.map((name, index) => ({ ref: refOf(config, name), tag: `${later}#${index + 1}` })),
  ]
}

/** The embedded model, and servers on this machine or in a private network. */
function runsHere(config: Config, provider: string): boolean {
  const base = ownEntry(config.models?.providers, provider)?.baseUrl ?? ownEntry(knownProviders, provider)?.baseUrl
  return base !== undefined && isLocal(base)
}

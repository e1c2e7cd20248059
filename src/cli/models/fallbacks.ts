import { jsonOption } from '../client-options.js'
import { runEdit } from '../config-edit.js'
import { defineCommand } from '../define.js'
import { localConfig } from '../local-config.js'
import { usageError } from '../usage.js'
import { type ChoiceKey, choiceOf, configFor, fallbacksEdit, refOf } from './choice.js'

/** The commands for stand-ins, which `models fallbacks` and `models image-fallbacks` have alike. */
const words = { model: 'models fallbacks', imageModel: 'models image-fallbacks' } as const
const dryRun = { kind: 'flag', text: 'config.option.dryRun' } as const
const model = { name: 'model', text: 'models.arg.model', required: true } as const

export function listFallbacks(key: ChoiceKey) {
  return defineCommand({
    summary: key === 'model' ? 'models.fallbacks.list' : 'models.imageFallbacks.list',
    options: { plain: { kind: 'flag', text: 'models.option.plain' }, ...jsonOption },
    examples: [{ command: `${words[key]} list` }],
    async run(context, _args, { plain }) {
      const { config } = await localConfig(context)
      const { primary, fallbacks } = choiceOf(config, key)
      const none = plain ? [] : [context.t('models.fallbacks.none')]
      context.out.result({ ok: true, primary: primary ?? null, fallbacks }, () =>
        fallbacks.length > 0 ? fallbacks : none,
      )
      return 0
    },
  })
}

export function addFallback(key: ChoiceKey) {
  return defineCommand({
    summary: key === 'model' ? 'models.fallbacks.add' : 'models.imageFallbacks.add',
    args: [model],
    options: { dryRun, ...jsonOption },
    examples: [{ command: `${words[key]} add builtin/echo` }],
    async run(context, args, options) {
      const config = await configFor(context, args.model)
      const { fallbacks } = choiceOf(config, key)
      const ref = refOf(config, args.model)
      const known = fallbacks.some((name) => refOf(config, name) === ref)
      return runEdit(context, [fallbacksEdit(config, key, known ? fallbacks : [...fallbacks, args.model])], options)
    },
  })
}

export function removeFallback(key: ChoiceKey) {
  return defineCommand({
    summary: key === 'model' ? 'models.fallbacks.remove' : 'models.imageFallbacks.remove',
    args: [model],
    options: { dryRun, ...jsonOption },
    examples: [{ command: `${words[key]} remove builtin/echo` }],
    async run(context, args, options) {
      const { config } = await localConfig(context)
      const { fallbacks } = choiceOf(config, key)
      const ref = refOf(config, args.model)
      const left = fallbacks.filter((name) => name !== args.model && refOf(config, name) !== ref)
      if (left.length === fallbacks.length) {
        throw usageError(context.t('models.fallbacks.unknown', { model: args.model }), `${words[key]} list`)
      }
      return runEdit(context, [fallbacksEdit(config, key, left)], options)
    },
  })
}

export function clearFallbacks(key: ChoiceKey) {
  return defineCommand({
    summary: key === 'model' ? 'models.fallbacks.clear' : 'models.imageFallbacks.clear',
    options: { dryRun, ...jsonOption },
    examples: [{ command: `${words[key]} clear` }],
    async run(context, _args, options) {
      const { config } = await localConfig(context)
      const edits = choiceOf(config, key).fallbacks.length === 0 ? [] : [fallbacksEdit(config, key, [])]
      return runEdit(context, edits, options)
    },
  })
}

import { GatewayError, toGatewayError } from '../kernel/errors.js'
import type { CommandCall, Reply } from './_types.js'

/** Begins the session anew; a first word that names a model becomes its model, the rest its first message. */
export async function beginAnew({ args, session, services }: CommandCall, reason: 'new' | 'reset'): Promise<Reply> {
  const { edit, context } = services.sessions
  const [, word = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(args) ?? []
  const model = reason === 'new' && word !== '' ? modelNamed(() => context.checkModel(session.agent, word)) : undefined
  await edit.reset({ key: session.key }, reason)
  if (model !== undefined) await edit.patch({ key: session.key }, { model })
  const prompt = model === undefined ? args : rest.trim()
  const text = `A new session has begun${model === undefined ? '' : ` with ${model}`}.`
  return prompt === '' ? text : { text, prompt }
}

/** Undefined for a word that names none. */
function modelNamed(check: () => string): string | undefined {
  try {
    return check()
  } catch (thrown) {
    if (toGatewayError(thrown).code === 'model_not_found') return undefined
    throw thrown instanceof GatewayError ? thrown : toGatewayError(thrown)
  }
}

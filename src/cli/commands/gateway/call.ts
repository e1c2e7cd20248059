import type { MethodTypes } from '../../../client/calls.js'
import { GatewayError } from '../../../kernel/errors.js'
import { callOptions } from '../../client-options.js'
import type { CommandContext } from '../../context.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { readMethodScopes, scopesFor } from '../../method-scopes.js'
import { readStdin } from '../../stdin.js'
import { usageError, withHint } from '../../usage.js'

export default defineCommand({
  summary: 'gateway.call.summary',
  description: 'gateway.call.description',
  args: [{ name: 'method', text: 'gateway.call.method', required: true }],
  options: {
    params: { kind: 'text', value: 'json', text: 'gateway.call.params' },
    expectFinal: { kind: 'flag', text: 'gateway.call.expectFinal' },
    ...callOptions,
  },
  examples: [
    { command: 'gateway call health' },
    { command: 'gateway call sessions.list --params {"limit":5} --json' },
    { command: 'gateway call chat.send --params -', text: 'gateway.call.example.stdin' },
  ],
  async run(context, { method }, options) {
    const { out, t } = context
    const params = await readParams(context, options.params)
    const known = await readMethodScopes()
    const scopes = scopesFor(method, known)
    const result = await withGateway(context, options, { scopes }, (gateway: GatewayLine<MethodTypes>) =>
      gateway.call(method, params, { expectFinal: options.expectFinal }),
    ).catch((error: unknown) => {
      throw isUnknown(error) ? withSuggestion(context, error, method, Object.keys(known)) : error
    })
    const text = () => [t('gateway.call.heading', { method }), JSON.stringify(result ?? null, null, 2)]
    out.result(result ?? null, text)
    return 0
  },
})

async function readParams({ io, t }: CommandContext, given: string | undefined): Promise<unknown> {
  if (given === undefined) return undefined
  const text = given === '-' ? await readStdin(io.stdin) : given
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message : ''
    throw usageError(t('gateway.call.notJson', { why }), 'gateway call --help')
  }
}

function isUnknown(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'call_refused' && error.message.startsWith('unknown method')
}

function withSuggestion({ t }: CommandContext, error: GatewayError, method: string, known: readonly string[]) {
  const { details, cause } = error
  return new GatewayError('call_refused', { message: withHint(t, error.message, method, known), details, cause })
}

import type { FastifyInstance } from 'fastify'
import { ref } from '../schemas/http/named.js'
import { RpcFailure } from '../schemas/http/rpc.js'
import { Type } from '../schemas/type.js'
import type { TableEntry } from './ws/_table.js'

/** One documented route for each method of the control plane, for the OpenAPI document only. */
export async function documentMethods(app: FastifyInstance): Promise<void> {
  const { entries } = await app.methods()
  for (const entry of entries.values()) {
    // What only nodes may call comes over their socket.
    if (entry.definition.role === 'node') continue
    app.post(`/rpc/${entry.name}`, { config: { auth: 'operator', errors: 'ok' }, schema: schemaOf(entry) }, refuse)
  }
}

function schemaOf({ name, family, definition }: TableEntry): object {
  const { summary, description, scope, params, result, write } = definition
  const needs = scope === null ? 'Needs no scope.' : `Needs the scope \`${scope}\`.`
  const limited = write ? ' Limited: see `Retry-After` of a 429.' : ''
  const answer = Type.Object({ ok: Type.Literal(true), result: Type.Optional(result) })
  return {
    operationId: operationId(name),
    // A large family has several files: `sessions-edit.ts` is of `sessions`.
    tags: [`Control plane: ${family.split('-', 1)[0]}`],
    summary,
    description: [description, `Also the method \`${name}\` of the WebSocket. ${needs}${limited}`]
      .filter(Boolean)
      .join('\n\n'),
    body: params,
    response: {
      200: { description: 'Done.', content: { 'application/json': { schema: answer } } },
      default: {
        description: 'It failed: `error.code` says why.',
        content: { 'application/json': { schema: ref(RpcFailure) } },
      },
    },
  }
}

/** `sessions.messages.subscribe` becomes `rpcSessionsMessagesSubscribe`. */
function operationId(name: string): string {
  return `rpc.${name}`.replace(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase())
}

/** The document's app takes no calls; Swagger UI sends them to the real one. */
function refuse(): never {
  throw new Error('this app only describes')
}

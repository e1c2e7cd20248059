import fp from 'fastify-plugin'
import { loadMethods, type MethodTable } from './_table.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** The methods of the control plane; read from their files when somebody first calls. */
    methods(): Promise<MethodTable>
  }
}

export default fp(
  async (app) => {
    let table: Promise<MethodTable> | undefined
    app.decorate('methods', () => {
      table ??= loadMethods().catch((error: unknown) => {
        // The next caller tries again.
        table = undefined
        throw error
      })
      return table
    })
  },
  { name: 'control', dependencies: ['runtime'] },
)

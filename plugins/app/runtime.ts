import fp from 'fastify-plugin'
import type { Runtime } from '../../src/runtime.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** Everything that outlives a rebuild of the app: config, store, agents, limiter, metrics. */
    runtime: Runtime
  }
}

export interface RuntimeOptions {
  readonly runtime: Runtime
  /** True when the app closes the runtime with itself. */
  readonly owned: boolean
}

export default fp<RuntimeOptions>(
  async (app, { runtime, owned }) => {
    app.decorate('runtime', runtime)
    if (owned) app.addHook('onClose', () => runtime.close())
  },
  { name: 'runtime' },
)

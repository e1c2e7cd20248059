import fp from 'fastify-plugin'

export interface SecurityHeadersOptions {
  /** Value of Strict-Transport-Security at this moment; undefined sends none (`gateway.http.securityHeaders`). */
  readonly strictTransportSecurity: () => string | undefined
}

/** Headers of every response, errors included (spec/http.md section 1). Pages that need more set their own. */
export default fp(
  async (app, { strictTransportSecurity }: SecurityHeadersOptions) => {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('x-content-type-options', 'nosniff')
      reply.header('referrer-policy', 'no-referrer')
      reply.header('permissions-policy', 'camera=(), microphone=(self), geolocation=()')
      const hsts = strictTransportSecurity()
      if (hsts !== undefined) reply.header('strict-transport-security', hsts)
      done()
    })
  },
  { name: 'security-headers' },
)

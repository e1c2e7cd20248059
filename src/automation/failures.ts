/** Failures by their code: the protocol's word for them, and whether the same may go well later. */
const kinds: Readonly<Record<string, readonly [reason: string, failure: 'passing' | 'lasting']>> = {
  upstream_error: ['server_error', 'passing'],
  upstream_stream_interrupted: ['server_error', 'passing'],
  all_models_failed: ['server_error', 'passing'],
  rate_limit_exceeded: ['rate_limit', 'passing'],
  session_busy: ['overloaded', 'passing'],
  server_busy: ['overloaded', 'passing'],
  upstream_timeout: ['timeout', 'passing'],
  run_timeout: ['timeout', 'passing'],
  egress_timeout: ['timeout', 'passing'],
  egress_failed: ['server_error', 'passing'],
  channel_unavailable: ['unknown', 'passing'],
  message_not_sent: ['unknown', 'passing'],
  // These stay until somebody acts: a job is turned off at once, a heartbeat stops.
  upstream_auth_failed: ['auth', 'lasting'],
  budget_exceeded: ['billing', 'passing'],
  upstream_billing: ['billing', 'lasting'],
  model_not_found: ['model_not_found', 'lasting'],
  agent_not_found: ['unknown', 'lasting'],
  context_length_exceeded: ['context_overflow', 'lasting'],
}

/** What a failure of this code is called, and whether the same may go well later; undefined: nobody knows. */
export function failureOf(code: string): { readonly reason: string; readonly failure?: 'passing' | 'lasting' } {
  const [reason, failure] = kinds[code] ?? ['unknown']
  return { reason, ...(failure && { failure }) }
}

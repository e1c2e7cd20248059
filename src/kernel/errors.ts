/**
 * The one table of errors. Code throws `GatewayError` by code; a door renders it (OpenAI envelope, `{ok:false}`
 * envelope, WS `ErrorShape`, CLI text). Codes are never reused or renamed: clients and scripts match on them.
 * Source: DESIGN.md section 6; statuses and codes of the HTTP doors: spec/http.md section 3.
 */
export interface ErrorRow {
  /** HTTP status. */
  readonly status: number
  /** `error.type` in the OpenAI envelope. */
  readonly type: string
  /** `error.code` on the control plane (spec/protocol.md). */
  readonly ws: string
  /** True when the same call may succeed later unchanged. */
  readonly retryable: boolean
  /** Process exit code when the error ends a command (spec/README.md 13). */
  readonly exit: 1 | 2 | 78
  /** Default text; a throw site may give a more precise one. It says what to do next. */
  readonly message: string
}

const request = (message: string, status = 400): ErrorRow => ({
  status,
  type: 'invalid_request_error',
  ws: 'INVALID_REQUEST',
  retryable: false,
  exit: 1,
  message,
})
const refusal = (message: string): ErrorRow => ({
  status: 500,
  type: 'server_error',
  ws: 'UNAVAILABLE',
  retryable: false,
  exit: 78,
  message,
})
const upstream = (status: number, message: string, retryable = false): ErrorRow => ({
  status,
  type: status === 429 ? 'rate_limit_error' : 'api_error',
  ws: 'UNAVAILABLE',
  retryable,
  exit: 1,
  message,
})
const denied = (status: number, type: string, message: string): ErrorRow => ({
  status,
  type,
  ws: status === 401 ? 'NOT_PAIRED' : 'FORBIDDEN',
  retryable: false,
  exit: 1,
  message,
})

export const errorTable = {
  // Requests
  invalid_request: request('The request is not valid. Correct the named field and send it again.'),
  idempotency_key_reused: request(
    'This Idempotency-Key was used with another request. Choose a new key for a new request.',
    422,
  ),
  invalid_json: request('The body is not valid JSON. Send one JSON object with Content-Type: application/json.'),
  empty_body: request('A request body is required. Send one JSON object.'),
  invalid_type: request('A field has the wrong type. See /docs for the expected shape.'),
  unsupported_value: request('A field has a value that this gateway does not support.'),
  unsupported_parameter: request('This parameter is not supported. Remove it and send the request again.'),
  unsupported_tool_type: request('Only tools of type "function" are supported.'),
  invalid_image_url: request('An image URL is not valid or its scheme is not allowed. Send a data: URL.'),
  invalid_base64_image: request('An image is not valid base64.'),
  invalid_image_format: request('An image is not one of jpeg, png, gif, webp, heic, heif.'),
  image_too_large: request('An image is larger than 10 MB. Send a smaller one.'),
  too_many_images: request('A message holds more than 8 images. Send fewer.'),
  embeddings_not_configured: request(
    'No embedding model is configured. Set agents.defaults.embeddingModel to "<provider>/<model>".',
  ),
  context_length_exceeded: request(
    'The conversation is longer than the model allows. Shorten it or start a new session.',
  ),
  agent_not_found: request('No such agent. GET /v1/models lists the agents.'),
  model_not_found: request('No such model. GET /v1/models lists the agents.', 404),
  previous_response_not_found: request('There is no such response to go on from, or it was not stored.', 404),
  response_not_found: request('There is no such response, or it was not stored.', 404),
  unknown_url: request('Unknown URL. GET /docs lists the endpoints.', 404),
  endpoint_disabled: request('This endpoint is off. Enable it in the config under gateway.http.endpoints.', 404),
  method_not_allowed: request('This URL does not accept this method; see the Allow header.', 405),
  request_timeout: { ...request('The body did not arrive in time. Send the request again.', 408), retryable: true },
  request_too_large: request('The body is larger than this endpoint accepts.', 413),
  unsupported_media_type: request('Send the body as Content-Type: application/json.', 415),
  header_too_large: request('The request headers are too large.', 431),
  // Who may
  invalid_api_key: {
    ...denied(401, 'invalid_request_error', 'Unauthorized. Send "Authorization: Bearer <gateway token>".'),
    ws: 'INVALID_REQUEST',
  },
  identity_unconfirmed: {
    ...denied(401, 'invalid_request_error', 'Tailscale did not confirm who you are. The log of the gateway says why.'),
    ws: 'INVALID_REQUEST',
  },
  proxy_attribution_required: denied(
    403,
    'proxy_attribution_required',
    'Forwarded headers came from an address that is not a trusted proxy. Add it to gateway.trustedProxies or remove the headers.',
  ),
  missing_scope: denied(403, 'insufficient_permissions', 'The caller lacks a scope that this endpoint needs.'),
  origin_not_allowed: denied(
    403,
    'permission_error',
    'This browser origin is not allowed. Add it to gateway.controlUi.allowedOrigins.',
  ),
  host_not_allowed: denied(
    403,
    'permission_error',
    'This Host is not served here. Use the address that the gateway listens on.',
  ),
  rate_limited: {
    ...denied(429, 'rate_limit_error', 'Too many failed attempts. Wait for the time in Retry-After.'),
    ws: 'UNAVAILABLE',
    retryable: true,
  },
  // The control plane
  invalid_params: request('The params are not valid. See docs/ws-methods.md for their shape.'),
  unknown_method: request('There is no such method. "hello-ok" and docs/ws-methods.md list them.', 404),
  unauthorized_role: { ...request('This method is not for the role of this connection.', 403) },
  write_limited: {
    ...upstream(429, 'Too many control-plane writes. Wait for the time in Retry-After.', true),
    type: 'rate_limit_error',
  },
  server_busy: { ...upstream(503, 'The server is busy. Try again in a moment.', true), type: 'server_error' },
  not_found: request('There is nothing by that name or id.', 404),
  token_denied: request('Ask an operator who holds the scopes of the token, or connect with the shared secret.', 403),
  node_unapproved: upstream(
    503,
    'What the node offers waits for an operator. Run "openclaw nodes pending" and "openclaw nodes approve <id>".',
    true,
  ),
  conflict: request('The state changed since it was read. Read it again and repeat the call.', 409),
  // Hooks
  hook_transform_failed: {
    ...upstream(500, 'The transform of this hook failed. The log of the gateway says why.'),
    type: 'server_error',
  },
  // Tools
  tool_not_found: { ...request('There is no such tool. The method tools.catalog lists them.', 404), type: 'not_found' },
  tool_denied: denied(403, 'permission_error', 'The tool policy does not allow this tool here.'),
  invalid_tool_arguments: { ...request('The arguments do not fit the tool.'), type: 'tool_error' },
  tool_error: { ...request('The tool could not do what was asked.'), type: 'tool_error' },
  tool_failed: {
    ...upstream(500, 'The tool failed. The log has the details.'),
    type: 'tool_error',
  },
  invalid_url: request('This is not a valid URL.'),
  egress_blocked: denied(403, 'permission_error', 'This address may not be fetched. See ssrfPolicy in the config.'),
  egress_failed: upstream(502, 'The server could not be reached or did not answer properly.', true),
  egress_timeout: upstream(504, 'The server did not answer in time.', true),
  path_outside: denied(403, 'permission_error', 'This path is outside of the folders that tools may use.'),
  path_denied: denied(403, 'permission_error', 'The operating system does not let the gateway use this path.'),
  path_read_only: denied(403, 'permission_error', 'This path may be read but not changed.'),
  file_not_found: request('There is no such file.', 404),
  not_a_file: request('This is not a regular file.'),
  file_too_large: request('The file is larger than a tool may read.', 413),
  // Turns
  session_busy: {
    ...upstream(429, 'This session has too many waiting turns. Wait for the time in Retry-After.', true),
  },
  tool_choice_unsatisfied: upstream(502, 'The model did not call the tool that tool_choice demands.'),
  invalid_structured_output: upstream(502, 'The model did not give output that fits response_format.'),
  upstream_auth_failed: upstream(502, 'The model provider refused its key. Check models.providers.<id>.apiKey.'),
  upstream_billing: upstream(502, 'The model provider refused the request for billing reasons. Check the account.'),
  all_models_failed: upstream(
    502,
    'No configured model could answer; "openclaw models status" says why. Wait, or add a fallback.',
    true,
  ),
  upstream_error: upstream(502, 'The model provider failed.', true),
  budget_exceeded: upstream(429, 'The budget for today is used up (budgets). Raise it, or wait for the next day.'),
  rate_limit_exceeded: upstream(429, 'The model provider is rate limiting. Wait for the time in Retry-After.', true),
  upstream_timeout: upstream(504, 'The model provider did not answer in time.', true),
  upstream_stream_interrupted: upstream(
    502,
    'The model stream broke off after output had begun; the text so far is incomplete.',
  ),
  upstream_rejected: request('The model provider rejected the request.'),
  upstream_not_found: request('The model provider does not know the configured model.', 404),
  run_timeout: upstream(504, 'The turn took longer than its limit (agents.defaults.timeoutSeconds).'),
  run_limit: upstream(502, 'The turn was ended: it asked its model too often. Ask for less at a time.'),
  tool_loop: upstream(502, 'The turn was ended: the model made the same tool call again and again.'),
  run_aborted: upstream(499, 'The request was aborted before its answer was complete.'),
  // Commands
  exec_denied: request('This command may not run here.', 403),
  exec_failed: request('The command could not be started.'),
  too_many_processes: request('Too many commands are running. End one with the process tool first.', 429),
  sandbox_unavailable: {
    ...upstream(503, 'The sandbox cannot be used on this machine, and nothing runs outside of it instead.'),
    type: 'server_error',
  },
  sandbox_refused: request('The settings of the sandbox would let it out. Correct agents.defaults.sandbox.', 403),
  too_many_approvals: {
    ...request('Too many questions wait for an approval. Answer or deny some first.', 429),
    retryable: true,
  },
  approval_not_found: request('There is no such approval. exec.approval.list names those that wait.', 404),
  approval_already_resolved: request('This approval has its answer already; the first one counts.', 409),
  process_not_found: request('There is no such process. The process tool lists them.', 404),
  // The gateway itself
  tls_required: request('This port speaks TLS. Use https:// or wss://.'),
  starting: { ...upstream(503, 'The gateway is starting. Try again in a moment.', true), type: 'server_error' },
  draining: { ...upstream(503, 'The gateway is shutting down. Try again in a moment.', true), type: 'server_error' },
  internal_error: {
    status: 500,
    type: 'server_error',
    ws: 'UNAVAILABLE',
    retryable: false,
    exit: 1,
    message: 'The gateway failed on this request. The log has the details under this request id.',
  },
  // Starting
  usage: { ...request('The command line is not valid. Run with --help.'), exit: 2 },
  config_invalid: refusal('The config file is not valid. Run "openclaw config validate" to see every issue.'),
  config_missing: refusal('There is no config. Run "openclaw setup", or start with --allow-unconfigured.'),
  mode_not_local: refusal('Gateway start blocked: set gateway.mode=local'),
  bind_without_auth: refusal('refusing to bind gateway to a network address without auth'),
  auth_misconfigured: refusal('The gateway auth settings contradict each other.'),
  bind_failed: refusal('The gateway could not bind the address.'),
  tls_misconfigured: refusal('The TLS settings cannot be used. Correct gateway.tls.certPath and gateway.tls.keyPath.'),
  state_unusable: refusal('The state directory cannot be used. Check its owner, its permissions and the free space.'),
  restart_refused: { ...request('The gateway cannot restart now. Try again later.', 409) },
  lock_held: refusal('Another gateway is running on this state directory.'),
  port_taken: refusal('another gateway instance is already listening'),
  secret_unavailable: {
    ...upstream(503, 'A secret that is referred to could not be read. "openclaw secrets status" says why.', true),
    type: 'server_error',
  },
  // Channels
  channel_unavailable: request('No such channel account runs. Run "openclaw channels status".', 409),
  channel_unsupported: request('The channel cannot do that. The message names those that can.'),
  channel_failed: upstream(502, 'The platform of the channel did not do it. Its own words stand in the message.'),
  message_not_sent: { ...upstream(502, 'The message was not sent. See "openclaw channels dead-letters".', true) },
  // Services
  service_unavailable: {
    ...upstream(503, 'No service manager can be used here. Start the gateway with "openclaw gateway start".'),
    type: 'server_error',
  },
  service_not_installed: request('The gateway is not installed as a service. Run "openclaw gateway install".', 404),
  service_conflict: request('There is another definition of this service. Look at it before you replace it.', 409),
  service_failed: {
    ...upstream(500, 'The service manager did not do what was asked.'),
    type: 'server_error',
  },
  // Config writes
  config_conflict: { ...request('The config file changed since it was read. Read it again and repeat the edit.', 409) },
  config_write_rejected: request('The edit was rejected; the config file is unchanged.'),
  config_path_unknown: request('No such config path. Run "openclaw config schema".'),
  config_path_unset: request('This config path is valid but not set; the default applies.'),
  // Clients
  gateway_unreachable: { ...upstream(503, 'The gateway is not reachable.', true) },
  tunnel_failed: {
    ...upstream(503, 'The SSH tunnel to the remote gateway does not stand.', true),
    type: 'server_error',
  },
  tunnel_not_configured: request(
    'No SSH tunnel is configured. Run "openclaw config set gateway.remote.sshTarget user@host" first.',
  ),
  call_refused: request('The gateway refused the call. Its own words and code stand beside this one.'),
  credentials_required: request(
    'gateway url override requires explicit credentials: pass --token or --password, or drop --url.',
  ),
  risk_not_accepted: request(
    'Agents act on this machine, with your rights. Read docs/onboarding.md, "What you agree to", then add --accept-risk.',
  ),
  model_test_failed: { ...upstream(502, 'The model did not answer. Nothing was changed.') },
  cancelled: request('Cancelled. Nothing more was changed.'),
  confirmation_needed: { ...request('This has to be confirmed. Give --yes, or run it on a terminal.'), exit: 2 },
  removal_refused: request('This path is not removed: it is not a folder of this profile alone.', 403),
  removal_failed: { ...upstream(500, 'Some paths could not be removed.'), type: 'server_error' },
  backup_invalid: request('The archive is not a whole backup of a profile. Nothing was changed.'),
  backup_refused: request('The backup cannot be written or restored there. Nothing was changed.', 409),
  port_too_close: request('The base port is too close to that of another profile. Choose one at least 120 away.', 409),
  plaintext_refused: request(
    'SECURITY ERROR: plaintext ws:// to a non-loopback address. Use wss://, an SSH tunnel (ssh -N -L) or Tailscale Serve.',
  ),
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

export interface ErrorOptions {
  readonly message?: string
  /** JSON path of the offending field, as OpenAI spells it: `messages[0].role`. */
  readonly param?: string | null
  /** Structured facts for the caller. Never a secret. */
  readonly details?: Readonly<Record<string, unknown>>
  readonly retryAfterMs?: number
  /** True once a turn has begun: the official SDKs must not retry it (`x-should-retry: false`). */
  readonly started?: boolean
  readonly cause?: unknown
}

/** An error that a caller may see. Anything else that is thrown reaches callers as `internal_error`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly code: ErrorCode
  readonly row: ErrorRow
  readonly param: string | null
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly retryAfterMs: number | undefined
  readonly started: boolean

  constructor(code: ErrorCode, options: ErrorOptions = {}) {
    const row = errorTable[code]
    super(options.message ?? row.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.row = row
    this.param = options.param ?? null
    this.details = options.details
    this.retryAfterMs = options.retryAfterMs
    this.started = options.started ?? false
  }
}

/** An error of which only the code was written down; one that is not known any more is an `internal_error`. */
export function errorOfCode(code: string | undefined): GatewayError {
  const known = code !== undefined && Object.hasOwn(errorTable, code)
  return new GatewayError(known ? (code as ErrorCode) : 'internal_error')
}

/** The same error as one of a turn that had begun. */
export function duringTurn(error: GatewayError): GatewayError {
  if (error.started) return error
  const { code, message, param, details, retryAfterMs, cause } = error
  return new GatewayError(code, { message, param, details, retryAfterMs, cause, started: true })
}

/** Gives the error itself when it is ours, else an `internal_error` with the original as its cause. */
export function toGatewayError(thrown: unknown): GatewayError {
  return thrown instanceof GatewayError ? thrown : new GatewayError('internal_error', { cause: thrown })
}

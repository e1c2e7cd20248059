import type { HookMapping } from '../../../schemas/config/hook-mapping.js'
import type {
  HookAgentAnswer,
  HookAgentRequest,
  HookChallengeAnswer,
  HookWakeAnswer,
  HookWakeRequest,
} from '../../../schemas/http/hooks.js'
import type { Limiter } from '../../auth/limiter.js'
import type { AuthSettings } from '../../auth/settings.js'
import type { RequestFacts } from '../../auth/verdict.js'
import { chooseMapping, mappingName, mappingsOf } from '../../automation/hooks/mappings.js'
import { type SignedCall, signedDigest, toleranceMs } from '../../automation/hooks/signature.js'
import type { TemplateFacts } from '../../automation/hooks/template.js'
import { GatewayError } from '../../kernel/errors.js'
import type { SecretValue } from '../../secrets/types.js'
import { SessionSweep } from '../session-sweep.js'
import { Admission } from './admission.js'
import { agentAsk, callRow, doorKey, fingerprintOf, type HookAsk, type WordsAsk, wakeAsk } from './calls.js'
import { eventKey, mappedAsk } from './mapped.js'
import { HookRuns, type HookRunsInput } from './runs.js'
import { type HookSettings, type HooksConfig, hookSettings } from './settings.js'
import { runTransform } from './transform.js'

/** How long a call is known by its key after it is done (spec/runtime.md section 7). */
const keepMs = 300_000
/** Longest wait for the disk before a caller is sent away. */
const admissionMs = 15_000

export interface HooksInput extends Omit<HookRunsInput, 'done'> {
  /** The text of a secret of the config. Throws `secret_unavailable`. */
  readonly secret: (input: SecretValue, path: string) => string
  readonly auth: () => AuthSettings
  readonly limiter: Limiter
  readonly state: string
}

/** A request that was let in, or whose signature may still let it in. */
export interface Admitted {
  readonly facts: RequestFacts
  readonly settings: HookSettings
  readonly hasToken: boolean
}

/** A request whose body was read. */
export interface HookCall {
  readonly admitted: Admitted
  /** Behind the prefix of hooks. */
  readonly path: string
  readonly raw: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
  readonly key: string | undefined
}

/** What a call is answered with. */
export interface HookAnswer<T> {
  readonly body: T
  /** The call was known: nothing more was started. */
  readonly replayed: boolean
}
type MappedAnswer = HookAgentAnswer | HookWakeAnswer | HookChallengeAnswer

export type OpenedHooks = Awaited<ReturnType<typeof openHooks>>

/** The hooks of a gateway. Loaded with the first call, or when an earlier start has left one. */
export async function openHooks(input: HooksInput) {
  const { clock, log, store, sessions, stopping, state } = input
  const sweep = new SessionSweep(input, store.hooks)
  const runs = new HookRuns({ ...input, done: () => sweep.begin() })
  const admission = new Admission(input.limiter, input.auth, input.secret)
  let known: { readonly config: HooksConfig; readonly auth: AuthSettings; readonly settings: HookSettings } | undefined
  await runs.open()

  /** Made once per config. */
  function settingsNow(): HookSettings {
    const { hooks: config = none } = input.config()
    const auth = input.auth()
    if (known?.config !== config || known.auth !== auth) {
      known = { config, auth, settings: hookSettings(config, auth) }
      if (known.settings.problem !== undefined) log.error({}, `hooks stay off: ${known.settings.problem}`)
    }
    return known.settings
  }

  async function take(
    ask: HookAsk | WordsAsk,
    { admitted, raw }: HookCall,
    key: string | undefined,
    keep = keepMs,
  ): Promise<HookAnswer<HookAgentAnswer | HookWakeAnswer>> {
    const row = callRow(ask, sessions.context.rules(), admitted.settings.config, clock.now())
    const once = key === undefined ? undefined : { key, fingerprint: fingerprintOf(raw), keepMs: keep }
    const { request } = row
    const taking = request.kind === 'wake' ? runs.say(row, request, once) : runs.take(row, once)
    const before = await inTime(taking)
    if (before && before.fingerprint !== once?.fingerprint) throw new GatewayError('idempotency_key_reused')
    const { id, request: done } = before ?? row
    const body = done.kind === 'wake' ? { ok: true as const, mode: done.wake } : { ok: true as const, runId: id }
    return { body, replayed: before !== undefined }
  }

  /** The call may still be taken; a caller who names a key loses nothing by repeating it. */
  async function inTime<T>(work: Promise<T>): Promise<T> {
    let cancel = () => {}
    const late = new Promise<never>((_, reject) => {
      const message = 'The call was not written down in time. Repeat it with the same Idempotency-Key.'
      cancel = clock.after(admissionMs, () => reject(new GatewayError('server_busy', { message })))
    })
    return Promise.race([work, late]).finally(cancel)
  }

  /** Throws `not_found`, and what a wrong signature throws. */
  function proven({ admitted, path }: HookCall, payload: object, signed: SignedCall): HookMapping {
    const { facts, settings, hasToken } = admitted
    const mapping = chooseMapping(mappingsOf(settings.mappings, path), payload)
    admission.bySignature(facts, signed, mapping?.signature, hasToken)
    if (mapping) return mapping
    throw new GatewayError('not_found', { message: `No mapping of hooks.mappings is for "${path.slice(0, 100)}".` })
  }

  return {
    /** Before the body is read. Throws `endpoint_disabled`, `invalid_api_key`, `rate_limited`. */
    admit(facts: RequestFacts, path: string): Admitted {
      const settings = settingsNow()
      if (settings.problem !== undefined) {
        throw new GatewayError('endpoint_disabled', { message: 'Hooks are off; the log of the gateway says why.' })
      }
      return { facts, settings, hasToken: admission.byToken(facts, settings, path) }
    },
    wake: (call: HookCall, body: HookWakeRequest) => {
      const key = body.idempotencyKey ?? call.key
      return take(wakeAsk(body), call, key && doorKey('wake', key)) as Promise<HookAnswer<HookWakeAnswer>>
    },
    agent: (call: HookCall, body: HookAgentRequest) => {
      const key = body.idempotencyKey ?? call.key
      return take(agentAsk(body), call, key && doorKey('agent', key)) as Promise<HookAnswer<HookAgentAnswer>>
    },
    /** Undefined: the transform says that nothing is to be done. Throws `not_found`, `hook_transform_failed`. */
    async mapped(call: HookCall, payload: object): Promise<HookAnswer<MappedAnswer> | undefined> {
      const { path, raw, headers, query } = call
      const signed = { header: (name: string) => headers[name], raw, now: clock.now() }
      const mapping = proven(call, payload, signed)
      const { signature, transform } = mapping
      const challenge = 'challenge' in payload ? payload.challenge : undefined
      if (signature?.scheme === 'slack' && 'type' in payload && payload.type === 'url_verification') {
        return { body: { challenge: String(challenge) }, replayed: false }
      }
      const facts: TemplateFacts = { payload, headers: shown(headers), query, path, now: clock.now() }
      const { transformsDir: folder } = call.admitted.settings.config
      const changed = transform && (await runTransform({ state, folder, clock, signal: stopping }, transform, facts))
      if (changed === null) return undefined
      const event = eventKey(mapping, facts, signature && signedDigest(signed, signature))
      const key = event ?? (call.key && `header:${call.key}`)
      const keep = signature ? Math.max(keepMs, 2 * toleranceMs(signature)) : keepMs
      return take(mappedAsk(mapping, facts, changed), call, key && doorKey(`mapped ${mappingName(mapping)}`, key), keep)
    },
    close: async () => {
      await runs.close()
      await sweep.settled()
    },
  }
}

/** Without a section there are no hooks. */
const none: HooksConfig = Object.freeze({})
const credentials = /^(?:authorization|proxy-authorization|cookie|x-openclaw-token)$/

/** What templates and transforms see of the headers. */
function shown(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !credentials.test(name)))
}

import type { HookMapping } from '../../../schemas/config/hook-mapping.js'
import type {
  HookAgentAnswer,
  HookAgentRequest,
  HookChallengeAnswer,
  HookWakeAnswer,
  HookWakeRequest,
} from '../../../schemas/http/hooks.js'
import type { AuthSettings } from '../../auth/settings.js'
import type { RequestFacts } from '../../auth/verdict.js'
import { chooseMapping, mappingsOf } from '../../automation/hooks/mappings.js'
import { type SignedCall, signedDigest, toleranceMs } from '../../automation/hooks/signature.js'
import { deepest, isTooDeep, type TemplateFacts } from '../../automation/hooks/template.js'
import { GatewayError } from '../../kernel/errors.js'
import { within } from '../../kernel/within.js'
import { WorkLimit } from '../../kernel/work-limit.js'
import type { HookKey, KnownHookCall } from '../../storage/types.js'
import { SessionSweep } from '../session-sweep.js'
import { Admission, type AdmissionInput } from './admission.js'
import { agentAsk, callRow, doorKey, fingerprintOf, type HookAsk, type WordsAsk, wakeAsk } from './calls.js'
import { eventKey, mappedAsk } from './mapped.js'
import { HookRuns, type HookRunsInput } from './runs.js'
import { type HookSettings, type HooksConfig, hookSettings } from './settings.js'
import { runTransform } from './transform.js'

/** How long a call is known by its key after it is done (spec/runtime.md section 7). */
const keepMs = 300_000
/** Each is a process of its own. */
const transformsAtOnce = 4
const transformsWaiting = 100
/** Longest wait for the disk before a caller is sent away. */
const admissionMs = 15_000

export interface HooksInput extends Omit<HookRunsInput, 'done'>, Omit<AdmissionInput, 'log'> {
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
interface Taken extends Pick<KnownHookCall, 'id' | 'request'> {
  readonly replayed: boolean
}
type Transform = NonNullable<HookMapping['transform']>
type MappedAnswer = HookAgentAnswer | HookWakeAnswer | HookChallengeAnswer

export type OpenedHooks = Awaited<ReturnType<typeof openHooks>>

/** The hooks of a gateway. Loaded with the first call, or when an earlier start has left one. */
export async function openHooks(input: HooksInput) {
  const { clock, log, store, sessions, stopping, state } = input
  const sweep = new SessionSweep(input, store.hooks)
  const runs = new HookRuns({ ...input, done: () => sweep.begin() })
  const admission = new Admission(input)
  const transforms = new WorkLimit(transformsAtOnce, transformsWaiting)
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

  async function take(ask: HookAsk | WordsAsk, { admitted }: HookCall, once: HookKey | undefined): Promise<Taken> {
    const row = callRow(ask, sessions.context.rules(), admitted.settings.config, clock.now())
    const { request } = row
    const taking = request.kind === 'wake' ? runs.say(row, request, once) : runs.take(row, once)
    const before = await inTime(taking)
    if (before && before.fingerprint !== once?.fingerprint) throw new GatewayError('idempotency_key_reused')
    if (!before) log.info({ hook: row.id, agent: row.agent, sessionKey: row.sessionKey }, 'a hook was called')
    return { ...(before ?? row), replayed: before !== undefined }
  }

  /** The call may still be taken; a caller who names a key loses nothing by repeating it. */
  async function inTime<T>(work: Promise<T>): Promise<T> {
    return within(clock, admissionMs, work, () => {
      const message = 'The call was not written down in time. Repeat it with the same Idempotency-Key.'
      throw new GatewayError('server_busy', { message })
    })
  }

  /** Throws `not_found`, and what a wrong signature throws. */
  function proven({ admitted, path }: HookCall, payload: object, signed: SignedCall): HookMapping {
    const { facts, settings, hasToken } = admitted
    const mapping = chooseMapping(mappingsOf(settings.mappings, path), payload)
    admission.bySignature(facts, signed, mapping?.signature, hasToken)
    if (mapping) return mapping
    throw new GatewayError('not_found', { message: `No mapping of hooks.mappings is for "${path.slice(0, 100)}".` })
  }

  /** Throws `server_busy`, `hook_transform_failed`. */
  async function transformed(settings: Transform, facts: TemplateFacts, { admitted }: HookCall) {
    const { transformsDir: folder } = admitted.settings.config
    const work = () => runTransform({ state, folder, clock, signal: stopping }, settings, facts)
    const running = transforms.run(work)
    if (running) return running
    throw new GatewayError('server_busy', { message: 'Too many transforms of hooks wait. Try again in a moment.' })
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
    async wake(call: HookCall, body: HookWakeRequest) {
      return wordsAnswer(await take(wakeAsk(body), call, callerKey('wake', call, body.idempotencyKey)))
    },
    async agent(call: HookCall, body: HookAgentRequest) {
      return runAnswer(await take(agentAsk(body), call, callerKey('agent', call, body.idempotencyKey)))
    },
    /** Undefined: the transform says that nothing is to be done. Throws `not_found`, `hook_transform_failed`. */
    async mapped(call: HookCall, payload: object): Promise<HookAnswer<MappedAnswer> | undefined> {
      const { path, raw, headers, query } = call
      const signed = { header: (name: string) => headers[name], raw, now: clock.now() }
      const mapping = proven(call, payload, signed)
      if (isTooDeep(payload)) {
        throw new GatewayError('invalid_request', { message: `The body has more than ${deepest} levels.` })
      }
      const { signature, transform } = mapping
      const challenge = 'challenge' in payload ? payload.challenge : undefined
      if (signature?.scheme === 'slack' && 'type' in payload && payload.type === 'url_verification') {
        return { body: { challenge: String(challenge) }, replayed: false }
      }
      const facts: TemplateFacts = { payload, headers: shown(headers), query, path, now: clock.now() }
      const changed = transform && (await transformed(transform, facts, call))
      if (changed === null) return undefined
      const event = eventKey(mapping, facts, signature && signedDigest(signed, signature))
      const door = `mapped ${doorOf(mapping)}`
      const keep = signature ? Math.max(keepMs, 2 * toleranceMs(signature)) : keepMs
      // Senders count their tries in the body: the event is the same.
      const known = event && { key: doorKey(door, event), fingerprint: event, keepMs: keep }
      const taken = await take(mappedAsk(mapping, facts, changed), call, known || callerKey(door, call))
      return taken.request.kind === 'wake' ? wordsAnswer(taken) : runAnswer(taken)
    },
    close: async () => {
      await runs.close()
      await sweep.settled()
    },
  }
}

const wordsAnswer = ({ request, replayed }: Taken): HookAnswer<HookWakeAnswer> => ({
  body: { ok: true, mode: request.wake },
  replayed,
})
const runAnswer = ({ id, replayed }: Taken): HookAnswer<HookAgentAnswer> => ({
  body: { ok: true, runId: id },
  replayed,
})

/** What tells one mapping from the others: their names may be the same. */
const doorOf = ({ id, name, match }: HookMapping) => JSON.stringify([id, name, match?.path, match?.source])

/** Without a section there are no hooks. */
const none: HooksConfig = Object.freeze({})

/** The key that a caller has chosen: with another body it is refused. */
function callerKey(door: string, { key: header, raw }: HookCall, key = header): HookKey | undefined {
  return key === undefined ? undefined : { key: doorKey(door, key), fingerprint: fingerprintOf(raw), keepMs }
}

const credentials = /^(?:authorization|proxy-authorization|cookie|x-openclaw-token)$/

/** What templates and transforms see of the headers. */
function shown(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !credentials.test(name)))
}

import { longestTimerSeconds, SecretText } from '../primitives.js'
import type { Static } from '../type.js'
import { choice, flag, int, openSection, secret, section, text } from './words.js'

/** How senders sign their calls. `hmac`: any sender whose header holds an HMAC of the body. */
export const signatureSchemes = ['github', 'stripe', 'slack', 'hmac'] as const

const signature = section('A call with a right signature needs no token; one with a wrong signature is refused.', {
  scheme: choice('Who signs, and so which header in which form.', signatureSchemes, 'hmac'),
  secret: secret('Secret that the sender signs with.'),
  header: text('hmac: header of the signature.', { default: 'x-signature' }),
  algorithm: choice('hmac: hash function.', ['sha256', 'sha512', 'sha1'], 'sha256'),
  encoding: choice('hmac: how the signature is written.', ['hex', 'base64'], 'hex'),
  prefix: text('hmac: what stands before the signature in its header, e.g. sha256=.'),
  timestampHeader: text(
    'hmac: header with the time of sending in seconds since 1970; `<time>.<body>` is signed then, and old calls are refused.',
  ),
  toleranceSeconds: int('How old a signed call with a time may be, and how far ahead.', {
    minimum: 1,
    maximum: 86_400,
    default: 300,
  }),
})

/** Mappings that come along, for `hooks.presets`. */
export const hookPresets = ['gmail'] as const
const doors = ['wake', 'agent']

export const isHookPreset = (name: string): name is (typeof hookPresets)[number] =>
  hookPresets.some((known) => known === name)

/** A door with a meaning of its own: no mapping is asked there, and no signature opens it. */
export const isOwnDoor = (path: string) => doors.includes(path)

/** Rule from a call of `/hooks/<name>` to what is done (spec/runtime.md section 7). */
export const hookMapping = openSection('One rule.', {
  id: text('Name, for logs.'),
  match: section('Which calls it is for. Absent: all.', {
    path: text('What stands behind the prefix in the URL.'),
    source: text('The text `source` of the body.'),
  }),
  action: choice('A turn of an agent, or words for the main session.', ['agent', 'wake'], 'agent'),
  wakeMode: choice('When the main session looks.', ['now', 'next-heartbeat'], 'now'),
  name: text('Name of the hook in prompts and summaries.'),
  agentId: text('Agent; the default one when absent.'),
  sessionKey: SecretText({ description: 'Session; may be a template. Absent: hooks.defaultSessionKey.' }),
  sessionMode: choice('isolated: a conversation of its own for each call.', ['isolated', 'persistent']),
  messageTemplate: text('What the agent is told; `{{a.b[0]}}` takes values of the body.'),
  textTemplate: text('The same for action wake.'),
  idempotencyKey: text('Template of the key by which repeated calls are recognised.'),
  deliver: flag('Write the answer to the chat of channel and to.', true),
  allowUnsafeExternalContent: flag('Do not mark the message as text of strangers.', false),
  channel: text('Channel of the answer, or last.'),
  to: text('Recipient of the answer; may be a template.'),
  accountId: text('Account of the channel.'),
  threadId: text('Thread or topic.'),
  model: text('`<provider>/<model>` in place of the agent’s own.'),
  thinking: text('How hard the model thinks.'),
  timeoutSeconds: int('Longest turn; 0: no limit.', { maximum: longestTimerSeconds }),
  transform: section('Code of yours that makes the message, run as a process of its own.', {
    module: text('File in hooks.transformsDir.'),
    export: text('Name of the function.', { default: 'default' }),
  }),
  signature,
})

export type HookMapping = Static<typeof hookMapping>
export type HookSignature = Static<typeof signature>

import { stringEnum } from '../primitives.js'
import type { Static } from '../type.js'
import { ssrfPolicy } from './ssrf-policy.js'
import { flag, int, list, mapOf, openSection, secret, text, texts } from './words.js'

/** What happens in a gateway that programs may be told of. */
export const hookEvents = [
  'gateway:startup',
  'gateway:shutdown',
  'session:start',
  'session:reset',
  'turn:end',
  'message:received',
  'message:sent',
  'cron:finished',
] as const
export type HookEventName = (typeof hookEvents)[number]

const eventHook = openSection('One hook: a command or a URL.', {
  enabled: flag('Run it.', true),
  on: list('Events that it is for.', stringEnum(hookEvents)),
  command: texts('Program and its arguments, without a shell. It gets the event as JSON on stdin.', { minItems: 1 }),
  url: text('Gets the event as JSON by POST.', { pattern: '^https?://.+', 'x-secret': true }),
  secret: secret('Signs what is posted: header x-openclaw-signature, sha256 of `<time>.<body>`.'),
  timeoutSeconds: int('Longest time of one event.', { minimum: 1, maximum: 600, default: 30 }),
})
export type EventHook = Static<typeof eventHook>

/** `hooks.internal`: what the gateway tells others of itself. */
export const internalHooks = openSection('Commands and URLs that are told what happens in the gateway.', {
  enabled: flag('Run them.', false),
  entries: mapOf('Hooks by name.', eventHook),
  ssrfPolicy,
})

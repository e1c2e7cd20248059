import { durationPattern } from '../primitives.js'
import { Type } from '../type.js'
import { choice, either, flag, int, section, text } from './words.js'

const clock = '^(?:[01]?\\d|2[0-3]):[0-5]\\d$|^24:00$'

/** `agents.defaults.heartbeat`, merged under `agents.entries.<id>.heartbeat` (spec/config.md section 12.1). */
export const heartbeat = section('A regular turn in which the agent looks after things by itself.', {
  every: either('Interval, e.g. 30m or 1h; a bare number means minutes; 0m turns it off.', [
    Type.String({ pattern: `${durationPattern}|^\\d+$` }),
    Type.Number({ minimum: 0 }),
  ]),
  target: text('Where alerts go: last, none, owner or a channel id.', { default: 'last' }),
  to: text('Recipient on an explicit channel.'),
  accountId: text('Channel account that sends.'),
  directPolicy: choice('Whether alerts may go to direct messages.', ['allow', 'block'], 'allow'),
  prompt: text('Replaces the built-in prompt.'),
  ackMaxChars: int('Text beside HEARTBEAT_OK up to this length is dropped, in characters.', { default: 300 }),
  model: text('Model for these turns, <provider>/<model>.'),
  session: text('Session that is used.', { default: 'main' }),
  timeoutSeconds: int('Longest turn in seconds.'),
  activeHours: section('Time of day in which heartbeats run.', {
    start: text('HH:MM, included.', { pattern: clock }),
    end: text('HH:MM, excluded; 24:00 is allowed; before start it wraps midnight.', { pattern: clock }),
    timezone: text('user, local or an IANA name.'),
  }),
  lightContext: flag('Inject the checklist only.', false),
  isolatedSession: flag('Use a session of its own.', false),
  includeReasoning: flag('Send the reasoning as a message of its own.', false),
  suppressToolErrorWarnings: flag('Leave out warnings about failed tools.', false),
  idleBackoff: flag(
    'Heartbeats that have nothing to say for a while come less often, up to every 4 hours. Default: true, unless `every` is set.',
  ),
  agentId: text('Agent that runs it when no agent has a heartbeat block.'),
})

/** Which parts of a heartbeat a channel shows. */
export const heartbeatVisibility = section('Which parts of a heartbeat are shown here.', {
  showOk: flag('Show acknowledgements.', false),
  showAlerts: flag('Show alerts.', true),
  useIndicator: flag('Emit indicator events.', true),
})

import { callOptions } from '../../../client-options.js'
import { defineCommand } from '../../../define.js'
import { setHeartbeats } from '../../../system/set-heartbeats.js'

export default defineCommand({
  summary: 'system.heartbeat.enable.summary',
  description: 'system.heartbeat.json',
  options: callOptions,
  examples: [{ command: 'system heartbeat enable' }],
  run: (context, _args, options) => setHeartbeats(context, options, true),
})

import { callOptions } from '../../../client-options.js'
import { defineCommand } from '../../../define.js'
import { setHeartbeats } from '../../../system/set-heartbeats.js'

export default defineCommand({
  summary: 'system.heartbeat.disable.summary',
  description: 'system.heartbeat.json',
  options: callOptions,
  examples: [{ command: 'system heartbeat disable' }],
  run: (context, _args, options) => setHeartbeats(context, options, false),
})

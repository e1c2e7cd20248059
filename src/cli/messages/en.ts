import { agent } from './en/agent.js'
import { agents } from './en/agents.js'
import { chatChannels } from './en/chat-channels.js'
import { common } from './en/common.js'
import { config } from './en/config.js'
import { connect } from './en/connect.js'
import { control } from './en/control.js'
import { cron } from './en/cron.js'
import { devices } from './en/devices.js'
import { directory } from './en/directory.js'
import { doctor } from './en/doctor.js'
import { gateway } from './en/gateway.js'
import { hooks } from './en/hooks.js'
import { isolation } from './en/isolation.js'
import { memory } from './en/memory.js'
import { chatMessages } from './en/messages.js'
import { onboard } from './en/onboard.js'
import { pairing } from './en/pairing.js'
import { sandbox } from './en/sandbox.js'
import { secrets } from './en/secrets.js'
import { security } from './en/security.js'
import { service } from './en/service.js'
import { setup } from './en/setup.js'
import { tunnel } from './en/tunnel.js'
import { upkeep } from './en/upkeep.js'

/** Every text of the command line in English. The other languages have the same keys and the same placeholders. */
export const en = {
  ...agent,
  ...agents,
  ...common,
  ...config,
  ...connect,
  ...control,
  ...cron,
  ...devices,
  ...directory,
  ...doctor,
  ...gateway,
  ...hooks,
  ...isolation,
  ...memory,
  ...onboard,
  ...pairing,
  ...chatChannels,
  ...chatMessages,
  ...sandbox,
  ...secrets,
  ...security,
  ...service,
  ...setup,
  ...upkeep,
  ...tunnel,
} as const

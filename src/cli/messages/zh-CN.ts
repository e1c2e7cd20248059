import type { MessageKey } from '../messages.js'
import { agent } from './zh-CN/agent.js'
import { agents } from './zh-CN/agents.js'
import { chatChannels } from './zh-CN/chat-channels.js'
import { common } from './zh-CN/common.js'
import { config } from './zh-CN/config.js'
import { connect } from './zh-CN/connect.js'
import { control } from './zh-CN/control.js'
import { cron } from './zh-CN/cron.js'
import { devices } from './zh-CN/devices.js'
import { directory } from './zh-CN/directory.js'
import { doctor } from './zh-CN/doctor.js'
import { gateway } from './zh-CN/gateway.js'
import { hooks } from './zh-CN/hooks.js'
import { isolation } from './zh-CN/isolation.js'
import { memory } from './zh-CN/memory.js'
import { chatMessages } from './zh-CN/messages.js'
import { onboard } from './zh-CN/onboard.js'
import { pairing } from './zh-CN/pairing.js'
import { sandbox } from './zh-CN/sandbox.js'
import { secrets } from './zh-CN/secrets.js'
import { security } from './zh-CN/security.js'
import { service } from './zh-CN/service.js'
import { setup } from './zh-CN/setup.js'
import { tunnel } from './zh-CN/tunnel.js'
import { upkeep } from './zh-CN/upkeep.js'

/** Every text of the command line in simplified Chinese. */
export const zhCN: Readonly<Record<MessageKey, string>> = {
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
}

import type { AgentEvents } from '../agents/events.js'
import type { ApprovalEvents } from '../approvals/events.js'
import type { CronEvents } from '../automation/cron/events.js'
import type { ChannelEvents } from '../channels/events.js'
import type { DeviceEvents } from '../devices/events.js'
import type { SessionEvents } from '../sessions/events.js'
import type { ProcessEvents } from '../tools/_process/notice.js'

/** Everything that the bus of one gateway carries; each domain says what it emits. */
export interface GatewayEvents
  extends AgentEvents,
    ApprovalEvents,
    ChannelEvents,
    CronEvents,
    DeviceEvents,
    ProcessEvents,
    SessionEvents {}

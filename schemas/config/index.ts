import type { Static } from '@sinclair/typebox'
import { accessGroups } from './access-groups.js'
import { agents } from './agents.js'
import { auth } from './auth.js'
import { bindings } from './bindings.js'
import { broadcast } from './broadcast.js'
import { browser } from './browser.js'
import { budgets } from './budgets.js'
import { channels } from './channels.js'
import { commands } from './commands.js'
import { cron } from './cron.js'
import { discovery } from './discovery.js'
import { env } from './env.js'
import { gateway } from './gateway.js'
import { hooks } from './hooks.js'
import { logging } from './logging.js'
import { memory } from './memory.js'
import { messages } from './messages.js'
import { meta } from './meta.js'
import { models } from './models.js'
import { nodeHost } from './node-host.js'
import { plugins } from './plugins.js'
import { secrets } from './secrets.js'
import { security } from './security.js'
import { session } from './session.js'
import { skills } from './skills.js'
import { tools } from './tools.js'
import { update } from './update.js'
import { flag, json, openSection, section, text } from './words.js'

/**
 * The config file in its one internal shape (spec/config.md section 2). Everything is optional, as authored: defaults
 * are described here and applied where they are used. Older spellings are mapped before this schema is asked.
 */
export const ConfigSchema = section('Settings of one openclaw profile (openclaw.json, JSON5).', {
  $schema: text('URL of the JSON schema, for editors.'),
  meta,
  env,
  gateway,
  agents,
  bindings,
  channels,
  accessGroups,
  models,
  auth,
  session,
  messages,
  commands,
  hooks,
  cron,
  budgets,
  tools,
  browser,
  discovery,
  plugins,
  skills,
  memory,
  secrets,
  logging,
  security,
  update,
  nodeHost,
  broadcast,
  approvals: openSection('Forwarding of approvals.', {}),
  acp: openSection('Agents over ACP.', {}),
  mcp: openSection('MCP servers.', { servers: json('Servers by name.') }),
  talk: openSection('Voice conversations.', {}),
  tts: openSection('Speech output.', {}),
  audio: openSection('Speech input.', {}),
  media: openSection('Media files.', {}),
  ui: openSection('Looks of the control page.', {}),
  diagnostics: openSection('Diagnostics.', { enabled: flag('Collect them.') }),
  rescue: openSection('Watching over another gateway.', {}),
  wizard: openSection('Bookkeeping of onboarding.', {}),
})

/** The normalised config. */
export type Config = Static<typeof ConfigSchema>

/** Tools of a sandboxed session when `tools.sandbox.tools` does not say (spec/config.md 12.3). */
export const sandboxAllow: readonly string[] = [
  'exec',
  'process',
  'read',
  'write',
  'edit',
  'apply_patch',
  'image',
  'sessions_*',
  'session_status',
  'subagents',
]

export const sandboxDeny: readonly string[] = ['browser', 'canvas', 'nodes', 'cron', 'gateway', 'message']

/** What the agent remembers of its user: for nobody else to read (spec/runtime.md section 10). */
export const privateOnly: readonly string[] = ['memory_search', 'memory_get']

/** Never for sub-agents (spec/runtime.md 3.7). */
export const subagentNever: readonly string[] = [
  'gateway',
  'agents_list',
  'session_status',
  'cron',
  'message',
  'sessions_send',
]

/** Not for sub-agents unless `tools.subagents.tools` names them. */
export const subagentDeny: readonly string[] = ['memory_search', 'memory_get']

/**
 * Not for clients that call a tool on their own, unless `gateway.tools.allow` names them: running commands, changing
 * files, starting or steering sessions, running the gateway (spec/http.md section 9). The names that this build has no
 * tool for are those of the official list.
 */
export const directDeny: readonly string[] = [
  'exec',
  'process',
  'spawn',
  'write',
  'edit',
  'apply_patch',
  'fs_write',
  'fs_delete',
  'fs_move',
  'sessions_spawn',
  'sessions_send',
  'cron',
  'gateway',
  'nodes',
  'whatsapp_login',
]

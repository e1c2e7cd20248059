export const profileNames = ['minimal', 'coding', 'messaging', 'full'] as const

export type ProfileName = (typeof profileNames)[number]

export const profileLabels: Readonly<Record<ProfileName, string>> = {
  minimal: 'Minimal',
  coding: 'Coding',
  messaging: 'Messaging',
  full: 'Full',
}

/** What each profile starts with (spec/runtime.md 4.1 and spec/config.md 12.4); undefined: everything. */
export const profiles: Readonly<Record<ProfileName, readonly string[] | undefined>> = {
  minimal: ['session_status'],
  coding: ['group:fs', 'group:runtime', 'group:sessions', 'group:memory', 'group:web', 'cron', 'image'],
  messaging: ['group:messaging', 'sessions_list', 'sessions_history', 'sessions_send', 'session_status'],
  full: undefined,
}

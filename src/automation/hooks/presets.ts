import type { HookMapping, hookPresets } from '../../../schemas/config/hook-mapping.js'

/** Mappings that `hooks.presets` names; those of the config come first. */
export const presets: Readonly<Record<(typeof hookPresets)[number], HookMapping>> = {
  // What a watcher of a mailbox posts: `{messages: [{id, from, subject, snippet, body}]}`.
  gmail: {
    id: 'gmail',
    match: { path: 'gmail' },
    action: 'agent',
    wakeMode: 'now',
    name: 'Gmail',
    sessionKey: 'hook:gmail:{{messages[0].id}}',
    messageTemplate:
      'A mail came in.\nFrom: {{messages[0].from}}\nSubject: {{messages[0].subject}}\n{{messages[0].snippet}}\n{{messages[0].body}}',
  },
}

/** Other names that configs and models use for a tool. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['bash', 'exec'],
  ['shell', 'exec'],
  ['automations', 'cron'],
  ['view_image', 'image'],
])

/** The one name of a tool: lower case, `_` for `-`, aliases resolved. Unknown names come back as they would be spelled. */
export function canonicalName(text: string): string {
  const plain = text.trim().toLowerCase().replaceAll('-', '_')
  return aliases.get(plain) ?? plain
}

/** Every name under which a tool is known, its own first. */
export function namesOf(name: string): readonly string[] {
  return [name, ...[...aliases].filter(([, target]) => target === name).map(([alias]) => alias)]
}

/**
 * Names in configs of the official gateway for tools that this build does not have, or has only with a feature that
 * is off. They are no slips: a list of them stays closed.
 */
export const foreignNames: ReadonlySet<string> = new Set([
  'ask_user',
  'browser',
  'canvas',
  'code_execution',
  'computer',
  'cron',
  'gateway',
  'heartbeat_respond',
  'image',
  'image_generate',
  'ls',
  'message',
  'nodes',
  'pdf',
  'plugins',
  'portal',
  'screen',
  'sessions_search',
  'sessions_yield',
  'show_widget',
  'subagents',
  'terminal',
  'tts',
  'whatsapp_login',
  'x_search',
])

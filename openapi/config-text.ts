/** What is said of the config beside its keys. */
export const configIntro = `# Config reference

<!-- Generated from schemas/config and src/config by \`npm run openapi\`. Do not edit. -->

One file per profile, \`openclaw.json\` in the state directory (\`openclaw config file\` prints where). It is JSON5: comments,
trailing commas and bare keys are fine. Every key is optional. An unknown key is an error with its line and column.

- \`openclaw config validate\` checks the file, \`openclaw config schema\` prints this as a JSON Schema.
- \`openclaw config set gateway.port 19789\` changes one value and leaves comments and layout alone. Every write keeps the
  five versions before it (\`.bak\`, \`.bak.1\` to \`.bak.4\`), and \`.last-good\` is the last one that a gateway ran with.
- A running gateway follows the file. A bad edit changes nothing but its status, the log and \`/readyz\`.

## Changes

| word | what a change does in mode hybrid |
| --- | --- |
| live | its part of the gateway takes it over at once |
| next use | it is read when it is needed next |
| rebuild | the app is rebuilt in the same process |

\`gateway.reload.mode\`: \`hybrid\` does all three. \`hot\` reports what needs a rebuild as pending. \`restart\` rebuilds for
any change. \`off\` applies nothing.

## Values

- **Variables.** \`"\${NAME}"\` in any text, outside \`env\`, is replaced from the environment; \`"$\${NAME}"\` is the text \`\${NAME}\`. An
  unset or empty variable leaves the text, gives a warning, and counts as absent.
- **Secrets** are plain text, \`"\${NAME}"\`, or a reference \`{ source, provider, id }\` with source \`env\`, \`file\`, \`exec\` or \`store\`
  and a provider of \`secrets.providers\`.
- **Includes.** \`{ $include: "file.json5" }\` stands for the content of the file, a list of files for their merge; keys beside it
  win. Files are relative to the including one and must lie in the config folder or in \`OPENCLAW_INCLUDE_ROOTS\`.
- **Durations** are texts such as \`30m\`, \`1h30m\`, \`500ms\`.
- **Ids** longer than 15 digits must be quoted: numbers that long lose digits.
`

/** Old and new, as the loader maps them (checked by test/openapi/config-page.test.ts). */
export const oldSpellings: readonly (readonly [old: string, now: string])[] = [
  ['agent.workspace', 'agents.defaults.workspace'],
  ['agent.model', 'agents.defaults.model'],
  ['agent.heartbeat.every', 'agents.defaults.heartbeat.every'],
  ['identity.name', 'agents.entries.main.identity.name'],
  ['defaultModel', 'agents.defaults.model'],
  ['heartbeat.every', 'agents.defaults.heartbeat.every'],
  ['heartbeat.showOk', 'channels.defaults.heartbeatVisibility.showOk'],
  ['routing.allowFrom', 'channels.whatsapp.allowFrom'],
  ['routing.groupChat.requireMention', 'channels.whatsapp.groups["*"].requireMention'],
  ['routing.groupChat.historyLimit', 'messages.groupChat.historyLimit'],
  ['routing.groupChat.mentionPatterns', 'messages.groupChat.mentionPatterns'],
  ['routing.queue.mode', 'messages.queue.mode'],
  ['web.enabled', 'channels.whatsapp.enabled'],
  ['channels.qq.appId', 'channels.qqbot.appId'],
  ['channels.telegram.heartbeat', 'channels.telegram.heartbeatVisibility'],
  ['channels.discord.dm.policy', 'channels.discord.dmPolicy'],
  ['channels.discord.dm.allowFrom', 'channels.discord.allowFrom'],
  ['gateway.token', 'gateway.auth.token'],
  ['gateway.password', 'gateway.auth.password'],
  ['gateway.nodes.allowCommands', 'gateway.nodes.commands.allow'],
  ['gateway.nodes.denyCommands', 'gateway.nodes.commands.deny'],
  ['canvasHost.port', 'plugins.entries.canvas.config.host.port'],
  ['env.OPENROUTER_API_KEY', 'env.vars.OPENROUTER_API_KEY'],
  ['session.idleMinutes', 'session.reset.idleMinutes'],
  ['messages.tts', 'tts'],
  ['memorySearch', 'memory.search'],
  ['tools.exec.timeoutSec', 'tools.exec.timeoutSeconds'],
  ['browser.ssrfPolicy.allowPrivateNetwork', 'browser.ssrfPolicy.dangerouslyAllowPrivateNetwork'],
]

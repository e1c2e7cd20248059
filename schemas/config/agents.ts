import { agentIdPattern } from '../primitives.js'
import { Type } from '../type.js'
import {
  blockCoalesce,
  groupChat,
  identity,
  memorySearch,
  modelChoice,
  modelSettings,
  subagentKeys,
} from './agent-keys.js'
import { cliBackend } from './cli-backend.js'
import { compaction, contextPruning } from './compaction.js'
import { heartbeat } from './heartbeat.js'
import { sandbox } from './sandbox.js'
import { toolKeys } from './tools-policy.js'
import { choice, flag, int, json, mapOf, openSection, section, text, texts } from './words.js'

/** Keys that hold for all agents and may be set again for one. */
const common = {
  workspace: text('Folder in which the agent works.'),
  model: modelChoice('Model of the agent: <provider>/<model>, or {primary, fallbacks}.'),
  imageModel: modelChoice('Model that looks at images.'),
  models: modelSettings,
  heartbeat,
  sandbox,
  systemPrompt: text('Text added to the system prompt.'),
  thinkingDefault: text('Thinking level when the sender does not say.'),
  verboseDefault: text('Verbosity when the sender does not say.'),
  elevatedDefault: choice('Elevated mode when the sender does not say.', ['on', 'off', 'ask', 'full']),
  timeoutSeconds: int('Longest turn in seconds, 0 for no limit. Unset: 600 for turns of sessions, none for others.'),
  contextTokens: int('Upper limit on the context window, in tokens.'),
  skills: texts('Only these skills.'),
  memorySearch,
  params: json('Parameters sent to the model.'),
}

const defaults = section('Settings of all agents.', {
  ...common,
  embeddingModel: text('Model behind /v1/embeddings, <provider>/<model>.'),
  maxQueuedTurns: int('Turns that may wait in one session before new ones are refused.', { minimum: 1 }),
  maxConcurrent: int('Turns at once in the whole gateway.', { minimum: 1, default: 4 }),
  modelPolicy: section('Which models may be chosen.', { allow: texts('Model names; any when unset.') }),
  subagents: section('Sub-agents.', subagentKeys),
  compaction,
  contextPruning,
  userTimezone: text('IANA time zone of the user.'),
  timeFormat: choice('Clock in prompts.', ['auto', '12', '24']),
  bootstrapMaxChars: int('Longest text of one workspace file in the prompt, in characters.', { default: 20_000 }),
  bootstrapTotalMaxChars: int('Longest text of all workspace files, in characters.', { default: 60_000 }),
  skipBootstrap: flag('Do not create workspace files.', false),
  blockStreamingDefault: choice('Send finished paragraphs before the end.', ['on', 'off'], 'off'),
  blockStreamingBreak: choice(
    'text_end: blocks are said as they are complete. message_end: when the model has said all before it works on.',
    ['text_end', 'message_end'],
    'text_end',
  ),
  blockStreamingChunk: openSection('Size of blocks.', {
    minChars: int('Shortest block, in characters.', { minimum: 1, default: 800 }),
    maxChars: int('Longest block, in characters.', { minimum: 1, default: 1_200 }),
    breakPreference: choice('Where a block ends.', ['paragraph', 'newline', 'sentence'], 'paragraph'),
  }),
  blockStreamingCoalesce: blockCoalesce,
  humanDelay: openSection('Pauses between blocks.', {
    mode: choice('natural: 0.8 to 2.5 s. custom: as minMs and maxMs say.', ['off', 'natural', 'custom'], 'off'),
    minMs: int('Shortest pause, in milliseconds.'),
    maxMs: int('Longest pause, in milliseconds.'),
  }),
  typingMode: choice('When the typing indicator starts.', ['never', 'instant', 'thinking', 'message']),
  typingIntervalSeconds: int('How often the typing indicator is renewed, in seconds.'),
  mediaMaxMb: int('Largest incoming file in MB.'),
  cliBackends: mapOf('Command-line programs that answer turns.', cliBackend),
  systemAgent: section('The default agent.', { agentId: text('Its id.', { pattern: agentIdPattern }) }),
})

const entry = section('One agent.', {
  ...common,
  name: text('Display name.'),
  description: text('What it is for.'),
  default: flag('Answers when nobody names an agent.'),
  agentDir: text('Folder for its credentials and state.'),
  identity,
  groupChat,
  subagents: section('Sub-agents of this agent.', subagentKeys),
  tools: section('Tools of this agent; they can only narrow the general rules.', toolKeys),
  runtime: Type.Unknown({ description: 'What runs the turns of this agent.' }),
})

export const agents = section('Agents and what they have in common.', {
  defaults,
  entries: mapOf('Agents by id.', entry, agentIdPattern),
  ownership: choice('explicit once bindings decide who answers.', ['explicit']),
})
